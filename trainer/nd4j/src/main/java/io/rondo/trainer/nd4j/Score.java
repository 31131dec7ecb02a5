package io.rondo.trainer.nd4j;

import io.rondo.trainer.data.DevSet;
import io.rondo.trainer.nd4j.engine.Head;
import io.rondo.trainer.nd4j.text.LabelledTexts;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.IntStream;

/** Mean cross-entropy, and the share of examples whose class is predicted. */
record Score(double loss, double accuracy) {

    /** @param features the encoder's state of each example, in the order of the texts */
    static Score of(Head head, float[][] features, LabelledTexts texts) {
        return of(head, features, texts, IntStream.range(0, features.length).toArray());
    }

    /** The scores of the examples of each of MNLI's sets to test on; of other texts there are none. */
    static Map<DevSet, Score> ofDevSets(Head head, float[][] features, LabelledTexts texts) {
        Map<DevSet, Score> scores = new EnumMap<>(DevSet.class);
        for (DevSet set : DevSet.values()) {
            int[] examples = IntStream.range(0, features.length)
                    .filter(i -> texts.devSet(i).filter(set::equals).isPresent())
                    .toArray();
            if (examples.length > 0) {
                scores.put(set, of(head, features, texts, examples));
            }
        }
        return scores;
    }

    private static Score of(Head head, float[][] features, LabelledTexts texts, int[] examples) {
        double loss = 0;
        int right = 0;
        for (int i : examples) {
            loss += head.loss(features[i], texts.label(i));
            right += head.predict(features[i]) == texts.label(i) ? 1 : 0;
        }
        return new Score(loss / examples.length, (double) right / examples.length);
    }
}
