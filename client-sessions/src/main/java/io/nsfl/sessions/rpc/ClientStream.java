package io.nsfl.sessions.rpc;

import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.ClientIdentity;
import io.nsfl.protocol.v1.Beat;
import io.nsfl.protocol.v1.Challenge;
import io.nsfl.protocol.v1.ClientEvent;
import io.nsfl.protocol.v1.Register;
import io.nsfl.protocol.v1.ServerEvent;
import io.nsfl.sessions.desk.SessionDesk;
import io.nsfl.sessions.registry.ClientProfile;
import io.nsfl.sessions.registry.ProfileReader;
import io.nsfl.sessions.stream.BeatWheel;
import io.nsfl.sessions.stream.ClientChannel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's stream: challenge, registration, then events. One event at a time is taken from the client, the next when that one has
 * been dealt with, so that no client can flood the sessions.
 */
final class ClientStream implements StreamObserver<ClientEvent>, ClientChannel, BeatWheel.Beating {
    private static final Logger LOG = LoggerFactory.getLogger(ClientStream.class);
    private static final int SILENT_PERIODS = 3;

    private final ServerCallStreamObserver<ServerEvent> out;
    private final SessionDesk desk;
    private final Executor sessions;
    private final InstantSource clock;
    private final Duration beatPeriod;
    private final ClientRpc.Peer peer;
    private final ClientRpc.Admission admission;
    private final byte[] nonce;

    private volatile String clientId = "";
    private volatile long heardMs;
    private volatile long sentMs;
    private boolean closed;

    ClientStream(
            ServerCallStreamObserver<ServerEvent> out,
            SessionDesk desk,
            Executor sessions,
            InstantSource clock,
            Duration beatPeriod,
            ClientRpc.Peer peer,
            ClientRpc.Admission admission,
            byte[] nonce) {
        this.out = out;
        this.desk = desk;
        this.sessions = sessions;
        this.clock = clock;
        this.beatPeriod = beatPeriod;
        this.peer = peer;
        this.admission = admission;
        this.nonce = nonce;
        heardMs = clock.millis();
    }

    void open() {
        out.disableAutoRequest();
        send(ServerEvent.newBuilder()
                .setChallenge(Challenge.newBuilder().setNonce(ByteString.copyFrom(nonce)))
                .build());
        out.request(1);
    }

    @Override
    public void onNext(ClientEvent event) {
        heardMs = clock.millis();
        try {
            if (clientId.isEmpty()) {
                register(event);
            } else {
                pass(event);
            }
        } catch (FaultException refused) {
            close(refused);
        }
    }

    private void register(ClientEvent event) {
        if (!event.hasRegister()) {
            throw new FaultException(Fault.REQUEST_INVALID, "The first event of a client has to be Register.");
        }
        Register register = event.getRegister();
        ClientIdentity identity = ClientIdentity.of(register.getIdentityKey().toByteArray());
        if (!identity.signedRegister(nonce, register.getSignature().toByteArray())) {
            throw new FaultException(
                    Fault.UNAUTHENTICATED,
                    "The signature of the registration of client " + identity.id() + " does not match its key.");
        }
        ClientProfile profile = ProfileReader.read(register, identity.id(), peer.host());
        if (admission.enrolments().open()) {
            admit(register, profile);
        } else {
            admission.threads().execute(() -> requireEnrolled(register, profile));
        }
    }

    private void requireEnrolled(Register register, ClientProfile profile) {
        try {
            admission.enrolments().require(profile.id(), register.getEnrolmentToken(), peer.certificate());
            admit(register, profile);
        } catch (FaultException refused) {
            LOG.warn("{} (from {})", refused.getMessage(), peer.host());
            close(refused);
        } catch (RuntimeException failed) {
            close(new FaultException(
                    Fault.DATABASE_UNAVAILABLE, "The store of the enrolments does not answer; try again.", failed));
        }
    }

    private void admit(Register register, ClientProfile profile) {
        clientId = profile.id();
        post(() -> desk.register(this, profile, register.getSessionId(), register.getTasksList()));
    }

    private void pass(ClientEvent event) {
        switch (event.getEventCase()) {
            case REPORT -> post(() -> desk.report(this, clientId, event.getReport()));
            case TASK_STATUS -> post(() -> desk.taskStatus(this, clientId, event.getTaskStatus()));
            case QUIT -> post(() -> desk.quit(this, clientId, event.getQuit().getReason()));
            case BEAT -> post(() -> desk.beat(this, clientId));
            case REGISTER -> throw new FaultException(Fault.REQUEST_INVALID, "A stream registers once.");
            // Of a later version of the protocol.
            case EVENT_NOT_SET -> out.request(1);
        }
    }

    private void post(Runnable work) {
        sessions.execute(() -> {
            try {
                work.run();
            } finally {
                out.request(1);
            }
        });
    }

    @Override
    public void onError(Throwable broken) {
        gone();
    }

    @Override
    public void onCompleted() {
        complete();
        gone();
    }

    /** The stream is over, however it ended. */
    void gone() {
        if (!clientId.isEmpty()) {
            sessions.execute(() -> desk.broken(this, clientId));
        }
    }

    @Override
    public void beat() {
        long now = clock.millis();
        if (now - heardMs > SILENT_PERIODS * beatPeriod.toMillis()) {
            close(new FaultException(
                    Fault.UNAVAILABLE, "Nothing was heard for " + (now - heardMs) / 1000 + " s; connect again."));
            gone();
        } else if (!clientId.isEmpty() && now - sentMs >= beatPeriod.toMillis() / 2) {
            send(ServerEvent.newBuilder().setBeat(Beat.getDefaultInstance()).build());
        }
    }

    @Override
    public synchronized void send(ServerEvent event) {
        if (closed || out.isCancelled()) {
            return;
        }
        sentMs = clock.millis();
        out.onNext(event);
    }

    @Override
    public boolean ready() {
        return out.isReady();
    }

    @Override
    public synchronized void close(FaultException reason) {
        if (!closed) {
            closed = true;
            out.onError(RpcFaults.of(reason));
        }
    }

    @Override
    public synchronized void complete() {
        if (!closed) {
            closed = true;
            out.onCompleted();
        }
    }
}
