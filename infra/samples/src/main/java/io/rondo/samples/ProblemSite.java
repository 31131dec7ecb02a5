package io.rondo.samples;

import java.util.ArrayList;
import java.util.List;

/** One site of a demo of generation: the id of its trainer and its own problems. */
public record ProblemSite(String trainer, List<Problem> train, List<Problem> test) {
    public ProblemSite {
        train = List.copyOf(train);
        test = List.copyOf(test);
    }

    /** Deals problems out to so many sites, one after another. */
    public static List<ProblemSite> deal(int sites, List<Problem> train, List<Problem> test) {
        List<ProblemSite> dealt = new ArrayList<>();
        for (int site = 0; site < sites; site++) {
            dealt.add(new ProblemSite("site-" + (site + 1), every(sites, site, train), every(sites, site, test)));
        }
        return dealt;
    }

    private static List<Problem> every(int step, int first, List<Problem> all) {
        List<Problem> taken = new ArrayList<>();
        for (int i = first; i < all.size(); i += step) {
            taken.add(all.get(i));
        }
        return taken;
    }
}
