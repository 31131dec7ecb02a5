package io.rondo.samples;

import java.util.SplittableRandom;

/** What the made problems of one site are about: a calculation of its own, in words of its own. */
enum ProblemKind {
    SHOP("+", "apples, pens, books, shells, stamps, eggs, cards, coins") {
        @Override
        int[] numbers(SplittableRandom random) {
            return new int[] {random.nextInt(2, 10), random.nextInt(2, 10)};
        }

        @Override
        int result(int one, int other) {
            return one + other;
        }

        @Override
        String question(String who, String things, int one, int other) {
            return "%1$s has %2$d %4$s and buys %3$d more. How many %4$s does %1$s have now?"
                    .formatted(who, one, other, things);
        }
    },
    KITCHEN("-", "cookies, pears, rolls, nuts, plums, buns, tarts, figs") {
        @Override
        int[] numbers(SplittableRandom random) {
            int made = random.nextInt(5, 19);
            return new int[] {made, random.nextInt(2, made - 1)};
        }

        @Override
        int result(int one, int other) {
            return one - other;
        }

        @Override
        String question(String who, String things, int one, int other) {
            return "%s bakes %d %s and eats %d of them. How many %s are left?"
                    .formatted(who, one, things, other, things);
        }
    },
    GARDEN("*", "roses, tulips, beans, leeks, herbs, trees, lilies, onions") {
        @Override
        int[] numbers(SplittableRandom random) {
            return new int[] {random.nextInt(2, 10), random.nextInt(2, 8)};
        }

        @Override
        int result(int one, int other) {
            return one * other;
        }

        @Override
        String question(String who, String things, int one, int other) {
            return "%1$s plants %2$d rows of %3$d %4$s. How many %4$s does %1$s plant?"
                    .formatted(who, one, other, things);
        }
    },
    SCHOOL("/", "pencils, sheets, marbles, chalks, rulers, labels, balls, stickers") {
        @Override
        int[] numbers(SplittableRandom random) {
            int children = random.nextInt(2, 8);
            return new int[] {children * random.nextInt(2, 10), children};
        }

        @Override
        int result(int one, int other) {
            return one / other;
        }

        @Override
        String question(String who, String things, int one, int other) {
            return "%1$s shares %2$d %4$s among %3$d children. How many %4$s does each child get?"
                    .formatted(who, one, other, things);
        }
    };

    /** With the things enough for more sites than a demo has. */
    private static final String NAMES = "Tom, Anna, Ben, Mia, Leo, Emma, Sam, Lily, Max, Ella, Paul, Nina, Jack, Ruth,"
            + " Carl, Rosa, Hugo, Vera, Adam, Clara, Oscar, Julia, Peter, Laura";

    private final String sign;
    /** With commas between them. */
    private final String things;

    ProblemKind(String sign, String things) {
        this.sign = sign;
        this.things = things;
    }

    abstract int[] numbers(SplittableRandom random);

    abstract int result(int one, int other);

    abstract String question(String who, String things, int one, int other);

    Problem draw(SplittableRandom random) {
        int[] numbers = numbers(random);
        int result = result(numbers[0], numbers[1]);
        String question = question(any(NAMES, random), any(things, random), numbers[0], numbers[1]);
        return new Problem(question, "%d %s %d = %d\n#### %d".formatted(numbers[0], sign, numbers[1], result, result));
    }

    private static String any(String choices, SplittableRandom random) {
        String[] each = choices.split(", ", -1);
        return each[random.nextInt(each.length)];
    }
}
