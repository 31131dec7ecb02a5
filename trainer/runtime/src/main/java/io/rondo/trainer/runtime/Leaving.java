package io.rondo.trainer.runtime;

import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.adapter.TensorShape;
import java.util.Locale;
import java.util.stream.Collectors;

/** Describes what a job takes from a site, for the person responsible for the site's data. */
final class Leaving {
    private Leaving() {}

    /** What leaves the site in the job's rounds, and which other information leaves with it. */
    static String of(FederatedJob job) {
        String odd = values(job.flat(1));
        String even = values(job.flat(2));
        return (odd.equals(even) ? odd + " each round" : odd + " in odd rounds, " + even + " in even ones")
                + "; with them the trainer's id, numbers of examples and metrics";
    }

    private static String values(FlatLayout flat) {
        if (flat.tensors().isEmpty()) {
            return "no values";
        }
        return String.format(
                        Locale.ROOT,
                        "%,d values of %d tensors (",
                        flat.elements(),
                        flat.tensors().size())
                + flat.tensors().stream()
                        .map(TensorShape::role)
                        .distinct()
                        .map(role -> role.id())
                        .collect(Collectors.joining(", "))
                + ")";
    }
}
