package io.rondo.schemas.client;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeProducersResult;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/** Unfinished transactions, after which nothing in their partitions can be read. */
public final class OpenTransactions {
    private static final long TIMEOUT_SECONDS = 10;

    private OpenTransactions() {}

    /**
     * The failure for partitions that cannot be read to their ends.
     *
     * @return {@code TRANSACTION_OPEN} if the brokers name a transaction, otherwise {@code BROKER_UNREACHABLE}
     */
    public static RondoException holdingUp(Admin admin, Collection<TopicPartition> partitions) {
        List<String> open = new ArrayList<>();
        String abort = "";
        DescribeProducersResult described = admin.describeProducers(partitions);
        for (TopicPartition partition : partitions) {
            for (ProducerState producer : producers(described, partition)) {
                if (producer.currentTransactionStartOffset().isPresent()) {
                    long from = producer.currentTransactionStartOffset().getAsLong();
                    open.add("one of producer " + producer.producerId() + " in " + partition + " since offset " + from);
                    abort = "--topic " + partition.topic() + " --partition " + partition.partition()
                            + " --start-offset " + from;
                }
            }
        }
        if (open.isEmpty()) {
            return new RondoException(
                    ErrorCode.BROKER_UNREACHABLE,
                    "reading does not get to the end of " + partitions,
                    "check that the brokers run and answer");
        }
        return new RondoException(
                ErrorCode.TRANSACTION_OPEN,
                "transactions are open, and nothing behind them can be read: " + String.join(", ", open),
                "wait for the producer, or end each as in: kafka-transactions.sh --bootstrap-server … abort " + abort);
    }

    private static List<ProducerState> producers(DescribeProducersResult described, TopicPartition partition) {
        try {
            return described
                    .partitionResult(partition)
                    .get(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                    .activeProducers();
        } catch (ExecutionException | TimeoutException e) {
            // the permission for the query may be missing; reading is blocked in any case
            return List.of();
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
