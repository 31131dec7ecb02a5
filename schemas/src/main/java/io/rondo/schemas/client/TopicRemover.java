package io.rondo.schemas.client;

import io.rondo.schemas.topic.Topic;
import java.util.Collection;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.InterruptException;

/** Deletes topics that were created for an operation that then failed. */
public final class TopicRemover {
    private TopicRemover() {}

    /** Deletes the existing ones of these topics. A failed deletion is ignored: the original failure is more informative. */
    public static void remove(Admin admin, Collection<Topic> topics) {
        admin.deleteTopics(topics.stream().map(Topic::name).toList())
                .topicNameValues()
                .values()
                .forEach(deletion -> {
                    try {
                        deletion.get();
                    } catch (ExecutionException e) {
                        // it was not created, or the broker is gone
                    } catch (InterruptedException e) {
                        throw new InterruptException(e);
                    }
                });
    }
}
