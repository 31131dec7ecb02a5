package io.rondo.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.rondo.log.JobSpec;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExperimentFileTest {
    private static final String FILE = """
        question: What for?
        methods: [fedsa, fedsa-vera]
        splits: [iid, dirichlet-0.5]
        shift: annotators
        seeds: [3, 4]
        learning-rates: [0.1, 0.2]
        trainers: 2
        rounds: 7
        """;

    @Test
    void shouldReadItsOwnKeysAndThoseOfTheJob() {
        Experiment experiment = ExperimentFile.parse("tiny.yaml", FILE);

        assertThat(experiment.name()).isEqualTo("tiny");
        assertThat(experiment.question()).isEqualTo("What for?");
        assertThat(experiment.methods()).containsExactly("fedsa", "fedsa-vera");
        assertThat(experiment.splits()).extracting(DataSplit::id).containsExactly("iid", "dirichlet-0.5");
        assertThat(experiment.shift()).isEqualTo(Shift.ANNOTATORS);
        assertThat(experiment.seeds()).containsExactly(3L, 4L);
        JobSpec job = experiment.settings("fedsa-vera", 0.3, 9, List.of("no", "yes"));
        assertThat(job.getMethod()).isEqualTo("fedsa");
        assertThat(job.getAdapter()).isEqualTo("vera");
        assertThat(job.getRounds()).isEqualTo(7);
        assertThat(job.getLearningRate()).isEqualTo(0.3);
        assertThat(job.getSeed()).isEqualTo(9);
        assertThat(job.getLabels()).containsExactly("no", "yes");
        assertThat(job.getMinTrainers()).isEqualTo(2);
    }

    @Test
    void shouldTakeNoSiteOutAndNoOtherRankUnlessAsked() {
        Experiment plain = ExperimentFile.parse("tiny.yaml", FILE);
        Experiment asked = ExperimentFile.parse("tiny.yaml", FILE + "rank: 4\nvisit-steps: 20\nvera-rank: 64\n");

        assertThat(plain.visitSteps()).isEmpty();
        assertThat(plain.sites()).isEqualTo(2);
        assertThat(asked.visitSteps()).hasValue(20);
        assertThat(asked.sites()).isEqualTo(3);
        assertThat(asked.settings("fedsa", 0.3, 9, List.of("no", "yes")).getRank())
                .isEqualTo(4);
        assertThat(asked.settings("fedsa-vera", 0.3, 9, List.of("no", "yes")).getRank())
                .isEqualTo(64);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "splits: [dirichlet-0]|bad-job-file|splits is [dirichlet-0]",
                "splits: [random]|bad-job-file|splits is [random]",
                "shift: domains|bad-job-file|shift is 'domains'",
                "seeds: [one]|bad-job-file|seeds is 'one'",
                "learning-rates: [0]|bad-job-file|learning-rates is '0'",
                "visit-steps: 0|bad-job-file|visit-steps is '0'",
                "vera-rank: many|bad-job-file|vera-rank is 'many'",
                "clip: 1|not-yet-supported|experiments do not run clip",
                "quorum: 2|not-yet-supported|experiments do not run quorum",
                "grace: 5s|not-yet-supported|experiments do not run grace",
                "late-updates: next-round|not-yet-supported|experiments do not run late-updates",
                "learning-rate: 0.1|bad-job-file|learning-rate is '0.1'",
                "methods: [fedavg]|unknown-method|no method 'fedavg'",
                "round: 5|unknown-key|no key 'round'",
                "rounds: 0|bad-job-file|rounds is '0'",
            })
    void shouldRefuseWhatCannotRunBeforeItRuns(String line, String code, String message) {
        RondoException failure =
                catchThrowableOfType(RondoException.class, () -> ExperimentFile.parse("tiny.yaml", line + "\n"));

        assertThat(failure.code().id()).isEqualTo(code);
        assertThat(failure).hasMessageContaining(message);
    }

    @Test
    void shouldShipExperimentsThatCanBeRead() {
        assertThat(ShippedExperiments.questions()).isNotEmpty();
        RondoException failure =
                catchThrowableOfType(RondoException.class, () -> ShippedExperiments.find("no-such-experiment"));
        assertThat(failure.code()).isEqualTo(ErrorCode.BAD_CONFIG);
        assertThat(failure.nextStep()).contains("small-label-skew");
    }
}
