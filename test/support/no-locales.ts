// Stands in for zod's messages in fifty languages but English: nothing uses them, and each suite would load them anew.
export {};
