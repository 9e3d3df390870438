// A type alone is enough.
import type { Type } from '@nestjs/common';

export type Handler = Type;
