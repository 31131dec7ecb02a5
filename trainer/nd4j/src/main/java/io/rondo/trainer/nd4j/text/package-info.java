/** Text to tokens: the model's own tokenizer, and the labelled files of a site. */
package io.rondo.trainer.nd4j.text;
