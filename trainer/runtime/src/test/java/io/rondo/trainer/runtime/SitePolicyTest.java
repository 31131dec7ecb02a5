package io.rondo.trainer.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.log.JobSpec;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.LogRecords;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SitePolicyTest {
    static {
        LogRecords.trust();
    }

    private static final String KEY = "ed25519:" + "0".repeat(64);

    static Stream<Arguments> refusals() {
        return Stream.of(
                refusal("operator-keys", List.of(KEY), spec -> spec.setOperatorKey("")),
                refusal("models", List.of("all-MiniLM-L6-v2"), spec -> spec.setModel("another")),
                refusal("model-digests", List.of("abc"), spec -> spec.setModelDigest("abd")),
                refusal("methods", List.of("fedsa"), spec -> spec.setMethod("fedit")),
                refusal("heads", List.of("local"), spec -> spec.setHead("shared")),
                refusal("target-modules", List.of("query"), spec -> spec.setTargetModules(List.of("query", "value"))),
                refusal("layers", List.of("4", "5"), spec -> spec.setLayersToTransform(List.of(4, 6))),
                refusal("layers", List.of("4", "5"), spec -> spec.setLayersToTransform(List.of())),
                refusal("min-examples-per-round", List.of("100"), spec -> spec.setLocalSteps(9)
                        .setBatchSize(11)),
                refusal("min-cohort", List.of("3"), spec -> spec.setMinTrainers(2)),
                refusal("max-update-norm", List.of("10"), spec -> spec.setClip(0)
                        .setMaxUpdateNorm(0)),
                refusal("max-update-norm", List.of("10"), spec -> spec.setClip(11)),
                refusal("label-texts", List.of("no"), spec -> spec.setLabels(List.of("0", "ill"))));
    }

    private static Arguments refusal(String key, List<String> values, UnaryOperator<JobSpec.Builder> job) {
        return Arguments.of(key, values, job);
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("refusals")
    void shouldNameTheLineThatAJobBreaks(String key, List<String> values, UnaryOperator<JobSpec.Builder> job) {
        SitePolicy policy = policy(entry(key, values));

        assertThatThrownBy(() -> policy.require(job(job)))
                .hasMessageContaining("policy.yaml, line 1")
                .hasMessageContaining(key)
                .satisfies(
                        thrown -> assertThat(((RondoException) thrown).code()).isEqualTo(ErrorCode.POLICY_REFUSED));
    }

    @Test
    void shouldAllowWhatItsLinesAllowAndWhatTheyDoNotMention() {
        SitePolicy policy = policy(
                entry("operator-keys", List.of(KEY)),
                entry("methods", List.of("fedsa", "local")),
                entry("heads", List.of("local")),
                entry("min-examples-per-round", List.of("10")),
                entry("min-cohort", List.of("2")),
                entry("max-update-norm", List.of("1.5")),
                entry("label-texts", List.of("no")));

        assertThatCode(() -> policy.require(job(spec -> spec.setOperatorKey(KEY)
                        .setMethod("fedsa")
                        .setHead("local")
                        .setLocalSteps(5)
                        .setBatchSize(2)
                        .setMinTrainers(2)
                        .setClip(1)
                        .setLabels(List.of("0", "1")))))
                .doesNotThrowAnyException();
        assertThatCode(() -> SitePolicy.of(List.of()).require(job(spec -> spec)))
                .doesNotThrowAnyException();
    }

    @Test
    void shouldLetNoOtherMetricsLeave() {
        Map<String, Double> metrics = Map.of("loss", 0.5, "test/accuracy", 0.9);

        assertThat(policy(entry("metrics", List.of("loss"))).allowed(metrics)).containsOnlyKeys("loss");
        assertThat(policy(entry("metrics", List.of())).allowed(metrics)).isEmpty();
        assertThat(policy().allowed(metrics)).isEqualTo(metrics);
    }

    @Test
    void shouldRefuseLinesThatItDoesNotUnderstand() {
        for (SitePolicy.Entry entry : List.of(
                entry("method", List.of("fedsa")),
                entry("min-cohort", List.of("many")),
                entry("min-cohort", List.of("0")),
                entry("min-cohort", List.of()),
                entry("max-update-norm", List.of("NaN")),
                entry("label-texts", List.of("maybe")))) {
            assertThatThrownBy(() -> policy(entry))
                    .hasMessageContaining("policy.yaml, line 1")
                    .satisfies(thrown ->
                            assertThat(((RondoException) thrown).code()).isEqualTo(ErrorCode.BAD_CONFIG));
        }
    }

    private static SitePolicy policy(SitePolicy.Entry... entries) {
        return SitePolicy.of(new ArrayList<>(Arrays.asList(entries)));
    }

    private static SitePolicy.Entry entry(String key, List<String> values) {
        return new SitePolicy.Entry("policy.yaml, line 1", key, values);
    }

    private static JobSpec job(UnaryOperator<JobSpec.Builder> change) {
        JobSpec spec = Records.of("fedsa", 2).job().spec();
        return change.apply(JobSpec.newBuilder(spec)).build();
    }
}
