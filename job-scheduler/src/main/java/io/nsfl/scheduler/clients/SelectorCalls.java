package io.nsfl.scheduler.clients;

import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobConfig;
import io.nsfl.protocol.job.ResourceRequest;
import io.nsfl.protocol.v1.CheckResourcesRequest;
import io.nsfl.protocol.v1.CheckResourcesResponse;
import io.nsfl.protocol.v1.ClientVerdict;
import io.nsfl.protocol.v1.ClientView;
import io.nsfl.protocol.v1.Conditions;
import io.nsfl.protocol.v1.ExplainSelectionRequest;
import io.nsfl.protocol.v1.ListClientsRequest;
import io.nsfl.protocol.v1.ReleaseRequest;
import io.nsfl.protocol.v1.Resources;
import io.nsfl.protocol.v1.RunRef;
import io.nsfl.protocol.v1.SelectionServiceGrpc;
import io.nsfl.protocol.v1.SelectionServiceGrpc.SelectionServiceBlockingStub;
import io.nsfl.servicekit.fault.GrpcFaults;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Asks the client-selector. Calls block for at most {@value #DEADLINE_SECONDS} s; one that is away is SELECTOR_UNAVAILABLE. */
public final class SelectorCalls {
    private static final int DEADLINE_SECONDS = 5;

    private final Channel channel;
    private final String address;

    /** @param channel to the selector, carrying the internal secret @param address for messages */
    public SelectorCalls(Channel channel, String address) {
        this.channel = channel;
        this.address = address;
    }

    /** Whether there are enough clients for this job now, and what a person can do about a no. */
    public CheckResourcesResponse check(RunRef run, JobConfig job) {
        CheckResourcesRequest request = CheckResourcesRequest.newBuilder()
                .setRun(run)
                .setConditions(conditions(job))
                .setClientNum(job.hyperParameters().clientNum())
                .build();
        return call(selector -> selector.checkResources(request));
    }

    /** Whether each known client fits this job now, and what excludes it. */
    public List<ClientVerdict> explain(RunRef run, JobConfig job) {
        ExplainSelectionRequest request = ExplainSelectionRequest.newBuilder()
                .setRun(run)
                .setConditions(conditions(job))
                .build();
        return call(selector -> selector.explainSelection(request)).getVerdictsList();
    }

    /** Gives all clients of this run free and tells them to stop. */
    public void release(RunRef run, String reason) {
        call(selector -> selector.release(
                ReleaseRequest.newBuilder().setRun(run).setReason(reason).build()));
    }

    /** @param client one id, name or address; empty = all */
    public List<ClientView> clients(String client) {
        return call(selector -> selector.listClients(
                        ListClientsRequest.newBuilder().setClient(client).build()))
                .getClientsList();
    }

    private static Conditions conditions(JobConfig job) {
        ResourceRequest wanted = job.resource();
        return Conditions.newBuilder()
                .setRuntime(job.runtime().canonicalName())
                .addAllDatasets(job.datasets())
                .addAllClients(job.clients())
                .setServerScripts(job.scripts().isPresent())
                .setResources(Resources.newBuilder()
                        .setWorkerNum(wanted.workerNum())
                        .setCpu(wanted.cpu())
                        .setGpu(wanted.gpu())
                        .setMemoryMb(wanted.memoryMb()))
                .build();
    }

    private <T> T call(Function<SelectionServiceBlockingStub, T> rpc) {
        try {
            return rpc.apply(SelectionServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS));
        } catch (StatusRuntimeException failed) {
            Status.Code code = failed.getStatus().getCode();
            if (code == Status.Code.UNAVAILABLE || code == Status.Code.DEADLINE_EXCEEDED) {
                throw new FaultException(
                        Fault.SELECTOR_UNAVAILABLE,
                        "The client-selector at %s does not answer; it is asked again.".formatted(address),
                        failed);
            }
            throw GrpcFaults.from(failed);
        }
    }
}
