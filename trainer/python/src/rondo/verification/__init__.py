"""The parts of the second verifier: rules, folds and the report."""
