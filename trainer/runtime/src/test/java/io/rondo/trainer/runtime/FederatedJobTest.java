package io.rondo.trainer.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.log.JobSpec;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.LogRecords;
import io.rondo.trainer.api.ComputeSettings;
import io.rondo.trainer.api.SiteSettings;
import io.rondo.trainer.api.TrainerFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What a site says itself about a model and labels that the job does not describe. */
class FederatedJobTest {
    static {
        LogRecords.trust();
    }

    private static final Path DIRECTORY = Path.of("/models/ours");
    private static final SiteSettings SITE = new SiteSettings(
            "a",
            TrainerFiles.of(Path.of("train.tsv"), Path.of("test.tsv")),
            Path.of("cache"),
            ComputeSettings.ofThreads(1),
            false);

    @Test
    void shouldTakeModelAndLabelsFromTheJob() {
        FederatedJob job = job(spec -> spec.setLabels(List.of("ill", "well")));

        assertThat(job.trainerSettings(SITE).labels()).containsExactly("ill", "well");
        assertThat(job.model(SITE).model()).isEqualTo("pocket");
    }

    @Test
    void shouldTakeThemFromTheSiteIfTheJobDoesNotDescribeThem() {
        FederatedJob job = job(spec -> spec.setLabels(List.of("0", "1")).setModelDigest("abc"));
        SiteSettings site = SITE.withLabelTexts(List.of("ill", "well")).withModelIn(DIRECTORY);

        assertThat(job.trainerSettings(site).labels()).containsExactly("ill", "well");
        assertThat(job.trainerSettings(site).model().labels()).containsExactly("0", "1");
        assertThat(job.trainerSettings(site).model().model()).isEqualTo(DIRECTORY.toString());
    }

    @Test
    void shouldRefuseTextsThatDoNotFitTheJob() {
        FederatedJob named = job(spec -> spec.setLabels(List.of("ill", "well")));
        FederatedJob numbered = job(spec -> spec.setLabels(List.of("0", "1")));

        refuses(() -> named.trainerSettings(SITE.withLabelTexts(List.of("well", "ill"))), "names them itself");
        for (List<String> texts : List.of(List.of("ill"), List.of("ill", "ill"), List.of("ill", "well", "dead"))) {
            refuses(() -> numbered.trainerSettings(SITE.withLabelTexts(texts)), "for the 2 classes of the job");
        }
    }

    /** Without a digest nobody would notice another model. */
    @Test
    void shouldRefuseADirectoryForAModelWithoutADigest() {
        refuses(() -> job(spec -> spec).model(SITE.withModelIn(DIRECTORY)), "no digest to compare");
    }

    private static void refuses(ThrowingCallable call, String what) {
        assertThatThrownBy(call).isInstanceOfSatisfying(RondoException.class, refusal -> {
            assertThat(refusal.code()).isEqualTo(ErrorCode.BAD_CONFIG);
            assertThat(refusal).hasMessageContaining(what);
        });
    }

    private static FederatedJob job(UnaryOperator<JobSpec.Builder> change) {
        FederatedJob job = Records.of("fedsa", 2).job();
        return new FederatedJob(
                job.uuid(), change.apply(JobSpec.newBuilder(job.spec())).build(), job.layout(), job.policy());
    }
}
