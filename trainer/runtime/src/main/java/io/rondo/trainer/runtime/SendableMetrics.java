package io.rondo.trainer.runtime;

import io.rondo.schemas.adapter.MetricRules;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.text.ForeignText;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Filters a plug-in's metrics: the aggregator refuses a record with invalid ones. */
final class SendableMetrics {
    private static final Logger LOG = LoggerFactory.getLogger(SendableMetrics.class);
    private static final int MAX_SHOWN = 80;

    private SendableMetrics() {}

    /**
     * The metrics without non-finite values, such as the loss of a diverging training.
     *
     * @throws RondoException with {@code TRAINER_FAILED} when there are too many, or one has an invalid name
     */
    static Map<String, Double> of(String plugin, Map<String, Double> metrics) {
        if (metrics.size() > MetricRules.MOST) {
            throw failed(plugin, "reports " + metrics.size() + " metrics", "report at most " + MetricRules.MOST);
        }
        Map<String, Double> finite = new LinkedHashMap<>();
        metrics.forEach((name, value) -> {
            if (!MetricRules.isName(name)) {
                throw failed(
                        plugin,
                        "reports a metric named '" + ForeignText.brief(name, MAX_SHOWN) + "'",
                        "name it by " + MetricRules.names());
            }
            if (Double.isFinite(value)) {
                finite.put(name, value);
            } else {
                LOG.warn("metric {} of trainer '{}' is {} and is not sent", name, plugin, value);
            }
        });
        return finite;
    }

    private static RondoException failed(String plugin, String what, String next) {
        return new RondoException(ErrorCode.TRAINER_FAILED, "the trainer '" + plugin + "' " + what, next);
    }
}
