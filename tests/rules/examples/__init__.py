"""Example calls for the rows of the rule table; importing a module fills ``EXAMPLES``."""
