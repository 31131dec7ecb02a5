package io.rondo.trainer.nd4j.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Twelve independent chains of fused multiply-adds, enough to fill two units whose result takes four or five cycles. */
final class FusedLoop {
    private static final VectorSpecies<Float> WIDEST = FloatVector.SPECIES_PREFERRED;
    private static final int CHAINS = 12;
    private static final int TIMES = 200;

    /** Keeps the compiler from eliminating the loop. */
    @SuppressWarnings("unused")
    private static volatile float result;

    private FusedLoop() {}

    static double gflops() {
        long start = System.nanoTime();
        result = run(TIMES);
        return 2.0 * CHAINS * WIDEST.length() * TIMES / (System.nanoTime() - start);
    }

    private static float run(int times) {
        FloatVector factor = FloatVector.broadcast(WIDEST, 0.999f);
        FloatVector term = FloatVector.broadcast(WIDEST, 0.001f);
        FloatVector a = term;
        FloatVector b = term;
        FloatVector c = term;
        FloatVector d = term;
        FloatVector e = term;
        FloatVector f = term;
        FloatVector g = term;
        FloatVector h = term;
        FloatVector i = term;
        FloatVector j = term;
        FloatVector k = term;
        FloatVector l = term;
        for (int n = 0; n < times; n++) {
            a = a.fma(factor, term);
            b = b.fma(factor, term);
            c = c.fma(factor, term);
            d = d.fma(factor, term);
            e = e.fma(factor, term);
            f = f.fma(factor, term);
            g = g.fma(factor, term);
            h = h.fma(factor, term);
            i = i.fma(factor, term);
            j = j.fma(factor, term);
            k = k.fma(factor, term);
            l = l.fma(factor, term);
        }
        return a.add(b)
                .add(c)
                .add(d)
                .add(e)
                .add(f)
                .add(g)
                .add(h)
                .add(i)
                .add(j)
                .add(k)
                .add(l)
                .reduceLanes(VectorOperators.ADD);
    }
}
