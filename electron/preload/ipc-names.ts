/** Names of the two ways between the window and main. */
export const CALL = 'graft:call';
export const EVENT = 'graft:event';
