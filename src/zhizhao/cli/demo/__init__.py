"""`zhizhao demo`: a demonstration installation with fictitious data, planted through the real verbs."""
