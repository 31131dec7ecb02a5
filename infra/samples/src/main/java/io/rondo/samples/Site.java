package io.rondo.samples;

import io.rondo.trainer.data.Example;
import java.util.List;

/** One site of the demo: the id of its trainer and its own examples. */
public record Site(String trainer, List<Example> train, List<Example> test) {
    public Site {
        train = List.copyOf(train);
        test = List.copyOf(test);
    }
}
