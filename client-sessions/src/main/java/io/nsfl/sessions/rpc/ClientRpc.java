package io.nsfl.sessions.rpc;

import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.nsfl.protocol.ids.Headers;
import io.nsfl.protocol.ids.PeerStatement;
import io.nsfl.protocol.v1.ClientEvent;
import io.nsfl.protocol.v1.ClientServiceGrpc;
import io.nsfl.protocol.v1.ServerEvent;
import io.nsfl.sessions.SessionSettings;
import io.nsfl.sessions.desk.SessionDesk;
import io.nsfl.sessions.enrolment.Enrolments;
import io.nsfl.sessions.enrolment.PeerCertificate;
import io.nsfl.sessions.stream.BeatWheel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** {@code nsfl.v1.ClientService}: opens the clients' streams, as many as the settings allow. */
public final class ClientRpc implements BindableService {
    private static final Context.Key<Peer> PEER =
            Context.keyWithDefault("nsfl-peer", new Peer("127.0.0.1", Optional.empty()));
    private static final Metadata.Key<String> STATEMENT =
            Metadata.Key.of(Headers.PEER, Metadata.ASCII_STRING_MARSHALLER);
    private static final Duration COME_BACK = Duration.ofSeconds(30);
    private static final int NONCE_BYTES = 32;

    private final SessionSettings settings;
    private final SessionDesk desk;
    private final Executor sessions;
    private final BeatWheel wheel;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Admission admission;
    private final AtomicInteger open = new AtomicInteger();

    /** Where a stream comes from. */
    record Peer(String host, Optional<PeerCertificate> certificate) {
        /** As the proxy that carries it has seen it. */
        static Peer of(PeerStatement statement) {
            return new Peer(
                    statement.host(),
                    statement.keySha256().isEmpty()
                            ? Optional.empty()
                            : Optional.of(new PeerCertificate(statement.subject(), statement.keySha256())));
        }
    }

    /**
     * Which clients are taken in.
     *
     * @param threads may wait for the answer
     * @param statements reads what a proxy says about a connection
     */
    public record Admission(
            Enrolments enrolments, Executor threads, Function<String, Optional<PeerStatement>> statements) {}

    /** @param sessions the desk's thread */
    public ClientRpc(
            SessionSettings settings,
            SessionDesk desk,
            Executor sessions,
            BeatWheel wheel,
            InstantSource clock,
            RandomGenerator random,
            Admission admission) {
        this.settings = settings;
        this.desk = desk;
        this.sessions = sessions;
        this.wheel = wheel;
        this.clock = clock;
        this.random = random;
        this.admission = admission;
    }

    /** With the interceptor that sees where streams come from. */
    @Override
    public ServerServiceDefinition bindService() {
        return ServerInterceptors.intercept(new Streams().bindService(), new ObservedPeer());
    }

    private final class Streams extends ClientServiceGrpc.ClientServiceImplBase {
        @Override
        public StreamObserver<ClientEvent> connect(StreamObserver<ServerEvent> answer) {
            return ClientRpc.this.connect(answer);
        }
    }

    private StreamObserver<ClientEvent> connect(StreamObserver<ServerEvent> answer) {
        ServerCallStreamObserver<ServerEvent> out = (ServerCallStreamObserver<ServerEvent>) answer;
        if (open.incrementAndGet() > settings.maxStreams()) {
            open.decrementAndGet();
            out.onError(RpcFaults.full(settings.maxStreams(), COME_BACK));
            return new Ignored();
        }
        byte[] nonce = new byte[NONCE_BYTES];
        synchronized (random) {
            random.nextBytes(nonce);
        }
        ClientStream stream =
                new ClientStream(out, desk, sessions, clock, settings.beatPeriod(), PEER.get(), admission, nonce);
        Runnable unwheel = wheel.add(stream);
        AtomicBoolean over = new AtomicBoolean();
        Runnable end = () -> {
            if (!over.getAndSet(true)) {
                open.decrementAndGet();
                unwheel.run();
                stream.gone();
            }
        };
        out.setOnCancelHandler(end);
        out.setOnCloseHandler(end);
        stream.open();
        return stream;
    }

    /** What a refused stream still says. */
    private static final class Ignored implements StreamObserver<ClientEvent> {
        @Override
        public void onNext(ClientEvent event) {}

        @Override
        public void onError(Throwable broken) {}

        @Override
        public void onCompleted() {}
    }

    private final class ObservedPeer implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            SocketAddress remote = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
            Context context = Context.current();
            if (remote instanceof InetSocketAddress address && address.getAddress() != null) {
                Peer own = new Peer(
                        address.getAddress().getHostAddress(),
                        PeerCertificate.of(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION)));
                context = context.withValue(
                        PEER,
                        admission
                                .statements()
                                .apply(headers.get(STATEMENT))
                                .map(Peer::of)
                                .orElse(own));
            }
            return Contexts.interceptCall(context, call, headers, next);
        }
    }
}
