/** As much of the values may change places unseen: no more do where a normal variable shifts by 0.125 of its sd. */
export const NEGLIGIBLE = 0.05
