package io.rondo.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.strategy.Strategies;
import io.rondo.schemas.adapter.AdapterLayout;
import io.rondo.schemas.adapter.SharingPolicy;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.api.ComputeSettings;
import io.rondo.trainer.api.LocalTrainer;
import io.rondo.trainer.api.SiteSettings;
import io.rondo.trainer.api.TrainerFiles;
import io.rondo.trainer.data.Example;
import io.rondo.trainer.data.ExampleWriter;
import io.rondo.trainer.runtime.FederatedJob;
import io.rondo.trainer.runtime.InitialValues;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two sites with one and three examples: a step moves what they train by 1 and by 3, and weighs them 1 to 3. */
class FederationTest {
    @TempDir
    private Path directory;

    private final FakeEngine engine = new FakeEngine();

    @ParameterizedTest
    @CsvSource({
        // method, then how far A and B of the first and the second site have moved after two rounds
        "fedsa,     5, 2, 5, 6",
        "fedit,     5, 5, 5, 5",
        "ffa,       0, 5, 0, 5",
        "fed-alora, 2, 5, 6, 5",
        "rolora,    2.5, 2.5, 2.5, 2.5",
        "local,     2, 2, 6, 6"
    })
    void shouldShareWhatThePolicySays(String method, float a1, float b1, float a2, float b2) {
        FederatedJob job = job(method);
        Map<String, Tensor> initial = InitialValues.of(job, engine, directory);
        Federation federation = new Federation(job, List.of(open(job, 1), open(job, 3)), initial);

        federation.train(1);
        federation.train(2);

        float[] start = initial.get(FakeEngine.A.name()).values();
        List<Map<String, Tensor>> sites = federation.parameters();
        assertThat(first(sites.get(0), FakeEngine.A.name()) - start[0]).isEqualTo(a1, offset());
        assertThat(first(sites.get(1), FakeEngine.A.name()) - start[0]).isEqualTo(a2, offset());
        assertThat(first(sites.get(0), FakeEngine.B.name())).isEqualTo(b1, offset());
        assertThat(first(sites.get(1), FakeEngine.B.name())).isEqualTo(b2, offset());
        assertThat(first(sites.get(0), FakeEngine.HEAD.name())).isEqualTo(2, offset());
        assertThat(first(sites.get(1), FakeEngine.HEAD.name())).isEqualTo(6, offset());
    }

    @ParameterizedTest
    @CsvSource({
        // method, what A and B of a new site have moved from their start together before and after its two examples
        "fedsa, 5, 9",
        "fedit, 10, 14",
        "ffa, 5, 7",
        "rolora, 5, 7",
        "local, 0, 4"
    })
    void shouldStartASiteThatTookNoPartFromWhatIsShared(String method, double before, double after) {
        FederatedJob job = job(method);
        Map<String, Tensor> initial = InitialValues.of(job, engine, directory);
        Federation federation = new Federation(job, List.of(open(job, 1), open(job, 3)), initial);
        federation.train(1);
        federation.train(2);

        RunResult.Visit visit = federation.visit(open(job, 2));

        double start = initial.get(FakeEngine.A.name()).values()[0];
        assertThat(visit.before().get("test/loss") - start).isEqualTo(before, Offset.offset(1e-5));
        assertThat(visit.after().get("test/loss") - start).isEqualTo(after, Offset.offset(1e-5));
    }

    @Test
    void shouldFoldAsTheStrategySays() {
        InMemoryRound median = new InMemoryRound(Strategies.named("coordinate-median"));
        median.add(1, new float[] {1, 9});
        median.add(5, new float[] {2, 8});
        median.add(1, new float[] {7, 1});

        assertThat(median.result()).containsExactly(2, 8);
    }

    private static Offset<Float> offset() {
        return Offset.offset(1e-5f);
    }

    private static float first(Map<String, Tensor> site, String name) {
        return site.get(name).values()[0];
    }

    private FederatedJob job(String method) {
        Experiment experiment = ExperimentFile.parse("tiny.yaml", "rounds: 2\n");
        var spec = experiment.settings(method, 1, 1, List.of("0", "1"));
        return new FederatedJob("uuid", spec, new AdapterLayout(engine.describe(null)), SharingPolicy.of(spec));
    }

    private LocalTrainer open(FederatedJob job, int examples) {
        Path file = directory.resolve("train-" + examples + ".jsonl");
        ExampleWriter.write(file, Collections.nCopies(examples, Example.of("text", "0")));
        return engine.open(job.trainerSettings(new SiteSettings(
                "trainer-" + examples, TrainerFiles.of(file, file), directory, ComputeSettings.ofThreads(1), false)));
    }
}
