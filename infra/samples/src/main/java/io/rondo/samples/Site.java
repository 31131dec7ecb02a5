package io.rondo.samples;

import java.util.ArrayList;
import java.util.List;

/**
 * One site: the id of its trainer and its own examples.
 *
 * @param <E> an example: a labelled text, or a problem
 */
public record Site<E>(String trainer, List<E> train, List<E> test) {
    public Site {
        train = List.copyOf(train);
        test = List.copyOf(test);
    }

    /** Deals examples out to so many sites, one after another. */
    public static <E> List<Site<E>> deal(int sites, List<E> train, List<E> test) {
        List<Site<E>> dealt = new ArrayList<>();
        for (int site = 0; site < sites; site++) {
            dealt.add(new Site<>("site-" + (site + 1), every(sites, site, train), every(sites, site, test)));
        }
        return dealt;
    }

    private static <E> List<E> every(int step, int first, List<E> all) {
        List<E> taken = new ArrayList<>();
        for (int i = first; i < all.size(); i += step) {
            taken.add(all.get(i));
        }
        return taken;
    }

    /** The same site with so many examples at most, which are in random order already. */
    public Site<E> capped(int trainExamples, int testExamples) {
        return new Site<>(trainer, first(train, trainExamples), first(test, testExamples));
    }

    private static <E> List<E> first(List<E> examples, int most) {
        return examples.subList(0, Math.min(most, examples.size()));
    }
}
