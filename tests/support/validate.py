#!/usr/bin/python3
"""Checks one JSON document against a schema: validate.py SCHEMA < DOCUMENT.

Ends with 0 when it is valid, with 1 and one line per problem when it is not.
"""
import json
import sys

import jsonschema


def problems(schema, document):
    validator = jsonschema.validators.validator_for(schema)(schema)
    for error in sorted(validator.iter_errors(document), key=lambda e: e.json_path):
        yield f"{error.json_path}: {error.message}"
        for cause in error.context:  # what each branch of a oneOf says
            yield f"  {cause.json_path}: {cause.message}"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    found = list(problems(schema, json.load(sys.stdin)))
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
