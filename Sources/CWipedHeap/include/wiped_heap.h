/// A program that links this module wipes memory as it frees it. There is nothing to call.
