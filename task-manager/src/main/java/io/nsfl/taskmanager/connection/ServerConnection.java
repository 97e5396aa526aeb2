package io.nsfl.taskmanager.connection;

import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.nsfl.protocol.ids.ClientKey;
import io.nsfl.protocol.ids.Runtime;
import io.nsfl.protocol.v1.Beat;
import io.nsfl.protocol.v1.ClientEvent;
import io.nsfl.protocol.v1.ClientServiceGrpc;
import io.nsfl.protocol.v1.Directive;
import io.nsfl.protocol.v1.Quit;
import io.nsfl.protocol.v1.ServerEvent;
import io.nsfl.protocol.v1.TaskStatus;
import io.nsfl.servicekit.fault.GrpcFaults;
import io.nsfl.servicekit.grpc.Backoff;
import io.nsfl.servicekit.time.Mailbox;
import io.nsfl.servicekit.time.Timers;
import io.nsfl.taskmanager.ids.TaskKey;
import io.nsfl.taskmanager.queue.Load;
import io.nsfl.taskmanager.task.TaskDesk;
import io.nsfl.taskmanager.task.TaskNews;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stream to the server, opened by this client and kept for its whole life: registers when challenged, passes assignments and cancels to
 * the desk and news of tasks up, reports, beats, and comes back with exponential back-off and full jitter after a loss. All of it happens in
 * its own mailbox.
 */
public final class ServerConnection implements TaskNews {
    private static final Logger LOG = LoggerFactory.getLogger(ServerConnection.class);
    private static final Duration BEAT = Duration.ofSeconds(20);
    /** Bounds of the back-off after a loss. */
    public static final Duration FIRST_WAIT = Duration.ofMillis(250);

    public static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    private static final int SILENT_BEATS = 3;
    private static final int DEFAULT_REPORT_SECONDS = 150;

    private final Channel server;
    private final ClientKey key;
    private final Announcement announcement;
    private final CompletableFuture<Set<Runtime>> runtimes;
    private final Mailbox mailbox;
    private final Timers timers;
    private final Backoff backoff;
    private TaskDesk desk;
    private Stream stream;
    private String session = "";
    private int reportSeconds = DEFAULT_REPORT_SECONDS;
    private Duration comeBack = Duration.ZERO;
    private boolean closed;

    public ServerConnection(
            Channel server,
            ClientKey key,
            Announcement announcement,
            CompletableFuture<Set<Runtime>> runtimes,
            Mailbox mailbox,
            Timers timers,
            Backoff backoff) {
        this.server = server;
        this.key = key;
        this.announcement = announcement;
        this.runtimes = runtimes;
        this.mailbox = mailbox;
        this.timers = timers;
        this.backoff = backoff;
    }

    /** Connects as soon as it is known which runtimes work, and stays connected. */
    public void open(TaskDesk takes) {
        mailbox.execute(() -> {
            desk = takes;
            runtimes.whenCompleteAsync((known, failure) -> connect(), mailbox);
        });
    }

    @Override
    public void status(TaskStatus status) {
        mailbox.execute(
                () -> send(ClientEvent.newBuilder().setTaskStatus(status).build()));
    }

    @Override
    public void loadChanged() {
        mailbox.execute(() -> {
            if (stream != null && stream.registered) {
                report();
            }
        });
    }

    /** Says good-bye and ends the stream. Completes when that was handed over. */
    public CompletableFuture<Void> quit(String reason) {
        return mailbox.submit(() -> {
            closed = true;
            send(ClientEvent.newBuilder()
                    .setQuit(Quit.newBuilder().setReason(reason))
                    .build());
            if (stream != null) {
                stream.up.onCompleted();
                stream = null;
            }
            return null;
        });
    }

    /** Ends the stream without a good-bye, as a client does that comes back soon. */
    public CompletableFuture<Void> leave() {
        return mailbox.submit(() -> {
            closed = true;
            if (stream != null) {
                stream.up.onCompleted();
                stream = null;
            }
            return null;
        });
    }

    private void connect() {
        if (!closed && stream == null) {
            Stream opened = new Stream();
            stream = opened;
            ClientServiceGrpc.newStub(server).connect(opened);
            beat(opened);
        }
    }

    private void beat(Stream beating) {
        timers.schedule(BEAT, mailbox, () -> {
            if (stream != beating) {
                return;
            }
            if (beating.silentBeats++ >= SILENT_BEATS) {
                beating.up.cancel("The server was silent", null);
                return;
            }
            if (beating.registered) {
                send(ClientEvent.newBuilder().setBeat(Beat.getDefaultInstance()).build());
            }
            beat(beating);
        });
    }

    private void heard(Stream from, ServerEvent event) {
        if (stream != from) {
            return;
        }
        from.silentBeats = 0;
        switch (event.getEventCase()) {
            case CHALLENGE -> register(from, event.getChallenge().getNonce().toByteArray());
            case REGISTERED -> registered(from, event);
            case ASSIGNMENT -> desk.assign(event.getAssignment());
            case CANCEL ->
                desk.drop(
                        TaskKey.of(event.getCancel().getTask()),
                        "The server cancelled it: " + event.getCancel().getReason());
            case DIRECTIVE -> follow(event.getDirective());
            case BEAT, EVENT_NOT_SET -> {
                // It only shows that the server is there.
            }
        }
    }

    private void register(Stream from, byte[] nonce) {
        desk.held()
                .whenCompleteAsync(
                        (List<TaskStatus> tasks, Throwable failure) -> {
                            if (stream == from && failure == null) {
                                // From here on news of tasks follow, so that none falls between.
                                from.registered = true;
                                from.up.onNext(ClientEvent.newBuilder()
                                        .setRegister(announcement.register(key, nonce, session, runtimes.join(), tasks))
                                        .build());
                            }
                        },
                        mailbox);
    }

    private void registered(Stream from, ServerEvent event) {
        session = event.getRegistered().getSessionId();
        backoff.reset();
        comeBack = Duration.ZERO;
        LOG.info(
                "Registered as {} at {}",
                event.getRegistered().getClientId(),
                event.getRegistered().getAddress());
        setReportPeriod(event.getRegistered().getReportPeriodS());
        report();
        reportRegularly(from);
    }

    private void follow(Directive directive) {
        setReportPeriod(directive.getReportPeriodS());
        if (directive.getComeBackAfterMs() > 0) {
            comeBack = Duration.ofMillis(directive.getComeBackAfterMs());
        }
    }

    private void setReportPeriod(int seconds) {
        if (seconds > 0) {
            reportSeconds = seconds;
        }
    }

    private void reportRegularly(Stream on) {
        timers.schedule(Duration.ofSeconds(reportSeconds), mailbox, () -> {
            if (stream == on) {
                report();
                reportRegularly(on);
            }
        });
    }

    private void report() {
        Stream on = stream;
        desk.load()
                .whenCompleteAsync(
                        (Load load, Throwable failure) -> {
                            if (stream == on && failure == null) {
                                send(ClientEvent.newBuilder()
                                        .setReport(announcement.report(load))
                                        .build());
                            }
                        },
                        mailbox);
    }

    private void send(ClientEvent event) {
        if (stream != null && stream.registered) {
            stream.up.onNext(event);
        }
    }

    private void ended(Stream which, Throwable failure) {
        if (stream != which) {
            return;
        }
        stream = null;
        if (closed) {
            return;
        }
        Duration wait = comeBack.plus(backoff.next());
        comeBack = Duration.ZERO;
        LOG.warn(
                "The connection to the server is lost ({}); it is opened again in {} ms",
                failure == null
                        ? "the server ended it"
                        : GrpcFaults.from(failure).getMessage(),
                wait.toMillis());
        timers.schedule(wait, mailbox, this::connect);
    }

    private final class Stream implements ClientResponseObserver<ClientEvent, ServerEvent> {
        private ClientCallStreamObserver<ClientEvent> up;
        private boolean registered;
        private int silentBeats;

        @Override
        public void beforeStart(ClientCallStreamObserver<ClientEvent> started) {
            up = started;
        }

        @Override
        public void onNext(ServerEvent event) {
            mailbox.execute(() -> heard(this, event));
        }

        @Override
        public void onError(Throwable failure) {
            mailbox.execute(() -> ended(this, failure));
        }

        @Override
        public void onCompleted() {
            mailbox.execute(() -> ended(this, null));
        }
    }
}
