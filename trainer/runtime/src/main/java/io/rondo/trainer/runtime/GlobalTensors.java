package io.rondo.trainer.runtime;

import io.rondo.log.RoundPublished;
import io.rondo.log.TensorVersion;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.PlausibleValues;
import io.rondo.schemas.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * The current value of every shared tensor. A round may publish only some of them (FFA, RoLoRA), so a publication names for
 * each the round that holds its value; only new rounds are read. Used by one thread.
 */
final class GlobalTensors {
    private final Map<String, Tensor> values = new HashMap<>();
    private final Map<String, Integer> versions = new HashMap<>();

    /**
     * Updates the named tensors.
     *
     * @param names the wanted published tensors
     * @param publications the publication of a round
     * @param adapters reads the adapter of a publication
     */
    void advance(
            RoundPublished latest,
            Set<String> names,
            IntFunction<RoundPublished> publications,
            Function<RoundPublished, Map<String, Tensor>> adapters) {
        Map<Integer, Set<String>> news = new HashMap<>();
        for (TensorVersion version : latest.getTensors()) {
            boolean known = Integer.valueOf(version.getRound()).equals(versions.get(version.getName()));
            if (names.contains(version.getName()) && !known) {
                news.computeIfAbsent(version.getRound(), round -> new HashSet<>())
                        .add(version.getName());
            }
        }
        // oldest first: a reader of the log only moves forward
        news.keySet().stream().sorted().forEach(round -> {
            Map<String, Tensor> adapter = adapters.apply(publications.apply(round));
            for (String name : news.get(round)) {
                if (!adapter.containsKey(name)) {
                    throw new IllegalStateException("round " + round + " is said to hold " + name + ", and does not");
                }
                requirePlausible(round, name, adapter.get(name).values());
                values.put(name, adapter.get(name));
                versions.put(name, round);
            }
        });
    }

    /** A maliciously dominated average would destroy this site's training, B and head included. */
    private static void requirePlausible(int round, String name, float[] read) {
        if (!PlausibleValues.are(read)) {
            int at = PlausibleValues.firstOther(read);
            throw new RondoException(
                    ErrorCode.ADAPTER_IMPLAUSIBLE,
                    "the adapter of round " + round + " has the value " + read[at] + " in " + name + " at index " + at
                            + ", allowed are up to " + PlausibleValues.MOST,
                    "it was not loaded and this trainer's state is as it was; ask the operator to fork the job from the"
                            + " round before, and to keep out the trainer that sent it");
        }
    }

    /** The known ones of the named tensors. */
    List<Tensor> of(Set<String> names) {
        List<Tensor> tensors = new ArrayList<>();
        names.stream().sorted().filter(values::containsKey).map(values::get).forEach(tensors::add);
        return tensors;
    }
}
