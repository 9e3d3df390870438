/** A user of the identity domain, known to every pod. */
export interface FakeUser {
  readonly name: string;
  readonly password: string;
  /** Basic authentication is refused to users with a second factor. Default false. */
  readonly hasMfa?: boolean;
  /** Basic authentication answers 401, as if the password were wrong. Default false. */
  readonly isPasswordExpired?: boolean;
  /** Has the role that may read jobs; 403 without it. Default true. */
  readonly mayReadJobs?: boolean;
}

export const DEFAULT_USERS: readonly FakeUser[] = [{ name: 'epm_robot', password: 'epm-password' }];
