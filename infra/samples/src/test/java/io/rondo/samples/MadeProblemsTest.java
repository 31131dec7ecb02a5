package io.rondo.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class MadeProblemsTest {
    private static final Pattern ANSWER = Pattern.compile("(\\d+) ([+*/-]) (\\d+) = (\\d+)\\n#### (\\d+)");

    @Test
    void shouldRepeatItselfFromTheSeedAndDifferByIt() {
        assertThat(MadeProblems.sites(3, 1)).isEqualTo(MadeProblems.sites(3, 1)).isNotEqualTo(MadeProblems.sites(3, 2));
    }

    @Test
    void shouldGiveEachSiteACalculationOfItsOwnWithItsRightResult() {
        List<Site<Problem>> sites = MadeProblems.sites(5, 1);

        assertThat(sites).extracting(Site::trainer).containsExactly("shop", "kitchen", "garden", "school", "shop-2");
        assertThat(sites)
                .extracting(MadeProblemsTest::signs)
                .containsExactly(Set.of("+"), Set.of("-"), Set.of("*"), Set.of("/"), Set.of("+"));
    }

    /** The signs of a site's answers, each of which must be right and use the numbers of its question. */
    private static Set<String> signs(Site<Problem> site) {
        Set<String> signs = new HashSet<>();
        for (Problem problem : site.train()) {
            Matcher answer = ANSWER.matcher(problem.answer());
            assertThat(answer.matches()).as(problem.answer()).isTrue();
            int one = Integer.parseInt(answer.group(1));
            int other = Integer.parseInt(answer.group(3));
            int result =
                    switch (answer.group(2)) {
                        case "+" -> one + other;
                        case "-" -> one - other;
                        case "/" -> one / other;
                        default -> one * other;
                    };
            assertThat(answer.group(4)).isEqualTo(answer.group(5)).isEqualTo(Integer.toString(result));
            assertThat(result * (answer.group(2).equals("/") ? other : 1))
                    .isEqualTo(answer.group(2).equals("/") ? one : result);
            assertThat(problem.question()).contains(" " + one + " ", " " + other + " ");
            signs.add(answer.group(2));
        }
        return signs;
    }

    @Test
    void shouldHaveEnoughProblemsForTheMostTrainersOfADemoAndShowNoneTwice() {
        Set<String> questions = new HashSet<>();

        for (Site<Problem> site : MadeProblems.sites(50, 1)) {
            site.train()
                    .forEach(each -> assertThat(questions.add(each.question())).isTrue());
            site.test()
                    .forEach(each -> assertThat(questions.add(each.question())).isTrue());
        }
    }
}
