package io.rondo.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.data.Example;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DirichletSplitTest {
    @Test
    void shouldDealEveryExampleToExactlyOneTrainer() {
        List<Example> train = examples("train", 1000, 3);
        List<Example> test = examples("test", 300, 3);

        List<Site<Example>> sites = new DirichletSplit(4, 0.5, 10, 7).split(train, test);

        assertThat(sites).extracting(Site::trainer).containsExactly("trainer-1", "trainer-2", "trainer-3", "trainer-4");
        assertThat(sites.stream().flatMap(site -> site.train().stream())).containsExactlyInAnyOrderElementsOf(train);
        assertThat(sites.stream().flatMap(site -> site.test().stream())).containsExactlyInAnyOrderElementsOf(test);
        assertThat(sites).allSatisfy(site -> assertThat(site.train()).hasSizeGreaterThanOrEqualTo(10));
    }

    @Test
    void shouldDealTestExamplesInTheSharesOfTheTrainingExamples() {
        List<Site<Example>> sites =
                new DirichletSplit(3, 0.5, 1, 11).split(examples("train", 3000, 2), examples("test", 3000, 2));

        for (Site<Example> site : sites) {
            for (String label : List.of("0", "1")) {
                assertThat(count(site.train(), label)).isCloseTo(count(site.test(), label), within(1L));
            }
        }
        assertThat(sites).anySatisfy(site -> assertThat(Math.abs(count(site.train(), "0") - count(site.train(), "1")))
                .isGreaterThan(300));
    }

    @Test
    void shouldRepeatItselfFromTheSeedAndDifferByIt() {
        List<Example> train = examples("train", 200, 2);
        List<Example> test = examples("test", 50, 2);

        List<Site<Example>> first = new DirichletSplit(3, 0.5, 5, 1).split(train, test);

        assertThat(new DirichletSplit(3, 0.5, 5, 1).split(train, test)).isEqualTo(first);
        assertThat(new DirichletSplit(3, 0.5, 5, 2).split(train, test)).isNotEqualTo(first);
    }

    @Test
    void shouldDrawAgainUntilEachTrainerHasEnough() {
        List<Site<Example>> sites =
                new DirichletSplit(5, 0.1, 20, 3).split(examples("train", 400, 4), examples("test", 200, 4));

        assertThat(sites).allSatisfy(site -> {
            assertThat(site.train()).hasSizeGreaterThanOrEqualTo(20);
            assertThat(site.test()).isNotEmpty();
        });
    }

    @Test
    void shouldRefuseFewerExamplesThanTrainersNeed() {
        assertThat(failure(3, 0.5, 1, 2, 10))
                .returns(ErrorCode.TOO_FEW_EXAMPLES, RondoException::code)
                .hasMessage("2 training examples for 3 trainers, which need 3");
        assertThat(failure(3, 0.5, 1, 10, 2))
                .returns(ErrorCode.TOO_FEW_EXAMPLES, RondoException::code)
                .hasMessageContaining("2 test examples");
        assertThat(failure(10, 0.001, 10, 100, 100))
                .returns(ErrorCode.TOO_FEW_EXAMPLES, RondoException::code)
                .hasMessageContaining("no draw of");
    }

    @Test
    void shouldDrawSharesWithTheMomentsOfTheDistribution() {
        for (double concentration : new double[] {0.01, 0.5, 1, 20}) {
            Dirichlet dirichlet = new Dirichlet(concentration, new SplittableRandom(5));
            int draws = 20_000;
            double sum = 0;
            double squares = 0;
            for (int i = 0; i < draws; i++) {
                double[] shares = dirichlet.draw(4);
                assertThat(Arrays.stream(shares).sum()).isCloseTo(1, within(1e-12));
                sum += shares[0];
                squares += shares[0] * shares[0];
            }
            double mean = sum / draws;
            double variance = squares / draws - mean * mean;
            assertThat(mean).isCloseTo(0.25, within(0.01));
            // Var = m (1 - m) / (4 alpha + 1)
            assertThat(variance).isCloseTo(0.25 * 0.75 / (4 * concentration + 1), within(0.005));
        }
    }

    private static RondoException failure(int trainers, double concentration, int least, int train, int test) {
        return catchThrowableOfType(RondoException.class, () -> new DirichletSplit(trainers, concentration, least, 1)
                .split(examples("train", train, 2), examples("test", test, 2)));
    }

    private static long count(List<Example> examples, String label) {
        return examples.stream()
                .filter(example -> example.label().equals(label))
                .count();
    }

    private static List<Example> examples(String kind, int count, int classes) {
        return IntStream.range(0, count)
                .mapToObj(i -> Example.of(kind + " " + i, Integer.toString(i % classes)))
                .toList();
    }
}
