package io.nsfl.scheduler.clients;

import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.nsfl.protocol.v1.CoordinatorControlGrpc;
import io.nsfl.protocol.v1.CoordinatorControlGrpc.CoordinatorControlBlockingStub;
import io.nsfl.protocol.v1.CoordinatorStatus;
import io.nsfl.protocol.v1.RunRef;
import io.nsfl.protocol.v1.StatusRequest;
import io.nsfl.protocol.v1.StopRequest;
import io.nsfl.servicekit.fault.GrpcFaults;
import io.nsfl.servicekit.grpc.Channels;
import io.nsfl.servicekit.tls.TransportSecurity;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Calls one coordinator, each time on a channel of its own: there are few calls and many coordinators. */
public final class CoordinatorCalls {
    private static final int DEADLINE_SECONDS = 5;

    private final ClientInterceptor secret;
    private final TransportSecurity security;

    /** @param secret adds the internal secret @param security of the connections */
    public CoordinatorCalls(ClientInterceptor secret, TransportSecurity security) {
        this.secret = secret;
        this.security = security;
    }

    /** Asks it to end its run; returns when it has heard. @throws io.nsfl.protocol.fault.FaultException when it has not */
    public void stop(String address, RunRef run, String reason) {
        call(
                address,
                coordinator -> coordinator.stop(
                        StopRequest.newBuilder().setRun(run).setReason(reason).build()));
    }

    /** What it is doing. @throws io.nsfl.protocol.fault.FaultException when it does not answer */
    public CoordinatorStatus status(String address) {
        return call(address, coordinator -> coordinator.status(StatusRequest.getDefaultInstance()));
    }

    private <T> T call(String address, Function<CoordinatorControlBlockingStub, T> rpc) {
        ManagedChannel channel = Channels.open(address, security, secret);
        try {
            return rpc.apply(CoordinatorControlGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS));
        } catch (StatusRuntimeException failed) {
            throw GrpcFaults.from(failed);
        } finally {
            channel.shutdownNow();
        }
    }
}
