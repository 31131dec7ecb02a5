package io.rondo.trainer.nd4j.engine;

import java.util.Map;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.FloatPointer;

/**
 * oneDNN, which makes its kernels for the processor at hand, or for an older one that {@code ONEDNN_MAX_CPU_ISA} names. Its
 * threads are OpenMP's, whose number is a setting of each thread that calls.
 */
final class OneDnn implements ProductLibrary {
    private static final byte TRANSPOSE = 'T';
    private static final byte NO_TRANSPOSE = 'N';

    private static final Map<Integer, String> KERNELS = Map.of(
            dnnl.dnnl_cpu_isa_sse41, "SSE4.1",
            dnnl.dnnl_cpu_isa_avx, "AVX",
            dnnl.dnnl_cpu_isa_avx2, "AVX2",
            dnnl.dnnl_cpu_isa_avx2_vnni, "AVX2-VNNI",
            dnnl.dnnl_cpu_isa_avx512_core, "AVX-512",
            dnnl.dnnl_cpu_isa_avx512_core_vnni, "AVX-512-VNNI",
            dnnl.dnnl_cpu_isa_avx512_core_bf16, "AVX-512-BF16",
            dnnl.dnnl_cpu_isa_avx512_core_fp16, "AVX-512-FP16",
            dnnl.dnnl_cpu_isa_avx512_core_amx, "AVX-512-AMX",
            dnnl.dnnl_cpu_isa_avx512_core_amx_fp16, "AVX-512-AMX-FP16");

    private final NativeFunctions functions;
    private final ThreadLocal<Boolean> alone = ThreadLocal.withInitial(this::alone);

    /** @throws LinkageError where the library is not on the class path, or not for this machine */
    OneDnn() {
        dnnl.dnnl_get_effective_cpu_isa();
        this.functions = NativeFunctions.of("dnnl");
        if (!alone.get()) {
            throw new UnsatisfiedLinkError("oneDNN works with " + threads() + " threads and would not be set to one");
        }
    }

    /** The engine's own threads each take a part of the batch; the library shall not start more. */
    private boolean alone() {
        functions.call("omp_set_num_threads", 1);
        return functions.number("omp_get_max_threads") == 1;
    }

    /** Whether it has kernels worth having: below AVX2 it has none for these products. */
    boolean isFast() {
        return (dnnl.dnnl_get_effective_cpu_isa() & dnnl.dnnl_cpu_isa_avx2) == dnnl.dnnl_cpu_isa_avx2;
    }

    @Override
    public String name() {
        return "oneDNN";
    }

    @Override
    public String version() {
        dnnl_version_t version = dnnl.dnnl_version();
        return version.major() + "." + version.minor() + "." + version.patch();
    }

    @Override
    public String kernels() {
        int isa = dnnl.dnnl_get_effective_cpu_isa();
        return KERNELS.getOrDefault(isa, "0x" + Integer.toHexString(isa));
    }

    @Override
    public int threads() {
        return alone.get() ? 1 : functions.number("omp_get_max_threads");
    }

    @Override
    public void multiply(
            boolean transposeA,
            boolean transposeB,
            int m,
            int n,
            int k,
            float alpha,
            FloatPointer a,
            int lda,
            FloatPointer b,
            int ldb,
            float beta,
            FloatPointer c,
            int ldc) {
        int status = alone.get()
                ? dnnl.dnnl_sgemm(
                        transposeA ? TRANSPOSE : NO_TRANSPOSE,
                        transposeB ? TRANSPOSE : NO_TRANSPOSE,
                        m,
                        n,
                        k,
                        alpha,
                        a,
                        lda,
                        b,
                        ldb,
                        beta,
                        c,
                        ldc)
                : dnnl.dnnl_runtime_error;
        if (status != dnnl.dnnl_success) {
            throw new IllegalStateException("oneDNN refused a product of " + m + " × " + n + " × " + k + " with status "
                    + status + ", on " + threads() + " threads");
        }
    }
}
