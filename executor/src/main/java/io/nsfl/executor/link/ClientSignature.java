package io.nsfl.executor.link;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.nsfl.federation.secagg.PartyKey;
import io.nsfl.protocol.v1.SignMaskingRequest;
import io.nsfl.protocol.v1.SignMaskingResponse;
import io.nsfl.protocol.v1.TaskManagerServiceGrpc;
import io.nsfl.servicekit.fault.GrpcFaults;
import java.util.concurrent.TimeUnit;

/** The client's identity, whose key stays with the task-manager: asks it for each signature. Safe for all threads. */
public final class ClientSignature implements PartyKey {
    private static final long SECONDS = 20;

    private final String executorId;
    private final TaskManagerLink.Dialling dialling;
    private final byte[] certificate;
    private byte[] identityKey;

    /** @param certificate what shows peers that this client may take part; empty = nothing */
    public ClientSignature(String executorId, TaskManagerLink.Dialling dialling, byte[] certificate) {
        this.executorId = executorId;
        this.dialling = dialling;
        this.certificate = certificate.clone();
    }

    @Override
    public synchronized byte[] identityKey() {
        if (identityKey == null) {
            identityKey = ask(new byte[0]).getIdentityKey().toByteArray();
        }
        return identityKey.clone();
    }

    @Override
    public byte[] certificate() {
        return certificate.clone();
    }

    @Override
    public byte[] sign(byte[] message) {
        return ask(message).getSignature().toByteArray();
    }

    private SignMaskingResponse ask(byte[] message) {
        ManagedChannel channel = dialling.open().apply(dialling.address().get());
        try {
            return TaskManagerServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(SECONDS, TimeUnit.SECONDS)
                    .signMasking(SignMaskingRequest.newBuilder()
                            .setExecutorId(executorId)
                            .setMessage(ByteString.copyFrom(message))
                            .build());
        } catch (RuntimeException failed) {
            throw GrpcFaults.from(failed);
        } finally {
            channel.shutdown();
        }
    }
}
