"""Files that an automation app imports, so that it tells callerid when the phone rings, is answered, or is idle again."""
