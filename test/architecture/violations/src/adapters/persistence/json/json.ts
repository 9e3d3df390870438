export const json = 1;
