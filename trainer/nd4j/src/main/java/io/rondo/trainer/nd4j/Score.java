package io.rondo.trainer.nd4j;

import io.rondo.trainer.nd4j.engine.Head;
import io.rondo.trainer.nd4j.text.LabelledTexts;

/** Mean cross-entropy, and the share of examples whose class is predicted. */
record Score(double loss, double accuracy) {

    /** @param features the encoder's state of each example, in the order of the texts */
    static Score of(Head head, float[][] features, LabelledTexts texts) {
        double loss = 0;
        int right = 0;
        for (int i = 0; i < features.length; i++) {
            loss += head.loss(features[i], texts.label(i));
            right += head.predict(features[i]) == texts.label(i) ? 1 : 0;
        }
        return new Score(loss / features.length, (double) right / features.length);
    }
}
