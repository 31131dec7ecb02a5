package io.rondo.aggregator.log;

import io.rondo.log.DType;
import io.rondo.log.JobSpec;
import io.rondo.log.JobStarted;
import io.rondo.schemas.adapter.AdapterLayout;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.adapter.RoundLayouts;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.tensor.TensorBytes;

/** Derives the layout of each round's flat vector from the job's settings. Safe for any thread. */
public final class JobShape {
    private final JobSpec spec;
    private final RoundLayouts layouts;

    /**
     * An element of a flat vector.
     *
     * @param tensor name of its tensor
     * @param element its index in it, row-major
     */
    public record ElementPlace(String tensor, long element) {}

    public JobShape(JobStarted job) {
        this.spec = job.getSpec();
        this.layouts = RoundLayouts.of(AdapterLayout.fromAvro(job.getLayout()), spec);
    }

    public JobSpec spec() {
        return spec;
    }

    /** The flat vector of a round. */
    public FlatLayout flat(int round) {
        return layouts.of(round);
    }

    /** Bytes of an element of a round's updates. */
    public int width(int round) {
        return TensorBytes.width(round == 0 ? DType.F32 : spec.getDtype());
    }

    /**
     * Where an element of a round's flat vector belongs.
     *
     * @throws IndexOutOfBoundsException when the vector is shorter
     */
    public ElementPlace place(int round, long position) {
        long rest = position;
        for (TensorShape tensor : flat(round).tensors()) {
            if (rest < tensor.size()) {
                return new ElementPlace(tensor.name(), rest);
            }
            rest -= tensor.size();
        }
        throw new IndexOutOfBoundsException("element " + position + " of round " + round);
    }
}
