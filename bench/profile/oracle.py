# Reads {"module of stdnum": [values]} and writes which values it refuses.
import importlib
import json
import sys

import stdnum

values = json.load(sys.stdin)
checked, refused = 0, []
for name, numbers in values.items():
    module = importlib.import_module("stdnum." + name)
    for number in numbers:
        checked += 1
        # Luhn takes digits only.
        if not module.is_valid(number.replace(" ", "") if name == "luhn" else number):
            refused.append(name + " " + number)
json.dump({"Version": stdnum.__version__, "Checked": checked, "Refused": refused}, sys.stdout)
