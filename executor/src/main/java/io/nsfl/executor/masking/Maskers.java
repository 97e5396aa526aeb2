package io.nsfl.executor.masking;

import io.nsfl.federation.secagg.ClientPolicy;
import io.nsfl.federation.secagg.PartyKey;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.MaskingDown;
import io.nsfl.protocol.v1.MaskingUp;
import io.nsfl.protocol.v1.RunTaskRequest;
import io.nsfl.protocol.v1.TaskEndedRequest;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.servicekit.time.Mailbox;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The tasks of this executor that mask: each has a thread's turn of its own, and a stream. Safe for all threads. */
public final class Maskers implements Masking {
    private static final Logger log = LoggerFactory.getLogger(Maskers.class);

    private final PrivateUpdates updates;
    private final ClientPolicy policy;
    private final PartyKey identity;
    private final SecureRandom random;
    private final Streams streams;
    private final Executor threads;
    private final Map<TaskRef, Turn> turns = new HashMap<>();

    /** Opens streams to the coordinator, through the task-manager. */
    public interface Streams {
        Stream open(TaskRef task, Listener listener);

        /** What comes from the other side, and what happens to the stream. From any thread. */
        interface Listener {
            /** It is open, again maybe: the first word is due. */
            void opened();

            void heard(MaskingDown word);

            /** Nobody wants the task any more. */
            void stale(FaultException why);
        }

        /** Opens itself again when it breaks. */
        interface Stream {
            /** May be lost where the stream is broken: it is asked again then. */
            void say(MaskingUp word);

            void close();
        }
    }

    public Maskers(
            PrivateUpdates updates,
            ClientPolicy policy,
            PartyKey identity,
            SecureRandom random,
            Streams streams,
            Executor threads) {
        this.updates = updates;
        this.policy = policy;
        this.identity = identity;
        this.random = random;
        this.streams = streams;
        this.threads = threads;
    }

    @Override
    public PrivateUpdates updates() {
        return updates;
    }

    @Override
    public void begin(RunTaskRequest request, Consumer<TaskEndedRequest> masked, Runnable unwanted) {
        TaskRef key = key(request.getDescription().getTask());
        Turn turn = new Turn(new Masker(request, updates, policy, identity, random, masked), unwanted);
        Turn before;
        synchronized (this) {
            before = turns.put(key, turn);
        }
        if (before != null) {
            before.close();
        }
        turn.open(key);
    }

    @Override
    public boolean end(TaskRef task) {
        Turn turn;
        synchronized (this) {
            turn = turns.remove(key(task));
        }
        if (turn != null) {
            turn.end();
        }
        return turn != null;
    }

    @Override
    public void close() {
        List<Turn> all;
        synchronized (this) {
            all = List.copyOf(turns.values());
            turns.clear();
        }
        all.forEach(Turn::close);
    }

    private static TaskRef key(TaskRef task) {
        return task.toBuilder().clearToken().build();
    }

    /** One task's masker with its stream; everything happens one after the other. */
    private final class Turn implements Streams.Listener {
        private final Masker masker;
        private final Runnable unwanted;
        private final Mailbox mailbox;
        private Streams.Stream stream;
        private boolean over;

        private Turn(Masker masker, Runnable unwanted) {
            this.masker = masker;
            this.unwanted = unwanted;
            this.mailbox = new Mailbox("masking", threads, failure -> log.error("Masking failed", failure));
        }

        private void open(TaskRef task) {
            mailbox.execute(() -> stream = streams.open(task, this));
        }

        @Override
        public void opened() {
            mailbox.execute(() -> {
                if (!over) {
                    stream.say(masker.ready());
                }
            });
        }

        @Override
        public void heard(MaskingDown word) {
            mailbox.execute(() -> {
                if (!over) {
                    masker.on(word).forEach(stream::say);
                }
            });
        }

        @Override
        public void stale(FaultException why) {
            mailbox.execute(() -> {
                if (!over) {
                    log.info("Nobody wants this masked result any more: {}", why.getMessage());
                    unwanted.run();
                }
            });
        }

        private void end() {
            mailbox.execute(() -> {
                shut();
                masker.end();
            });
        }

        private void close() {
            mailbox.execute(() -> {
                shut();
                masker.close();
            });
        }

        private void shut() {
            over = true;
            if (stream != null) {
                stream.close();
            }
        }
    }
}
