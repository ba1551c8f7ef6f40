/** What `throughline doctor` sends to the examined program to ask for the result, and the key of the answer. */
export const ASK = 'throughline: examined';
