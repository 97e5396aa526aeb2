package io.nsfl.protocol.transfer;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.nsfl.protocol.v1.FetchTaskRequest;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.TaskServiceGrpc;

/** TaskService with its two calls that move bytes spoken through {@link Frame}: the same bytes on the wire as the generated stubs. */
public final class TransferMethods {
    private static final FrameMarshaller FRAMES = new FrameMarshaller();

    private static final MethodDescriptor<FetchTaskRequest, Frame> FETCH_TASK =
            TaskServiceGrpc.getFetchTaskMethod().toBuilder(
                            TaskServiceGrpc.getFetchTaskMethod().getRequestMarshaller(), FRAMES)
                    .build();

    private static final MethodDescriptor<Frame, Receipt> SUBMIT_RESULT =
            TaskServiceGrpc.getSubmitResultMethod().toBuilder(
                            FRAMES, TaskServiceGrpc.getSubmitResultMethod().getResponseMarshaller())
                    .build();

    /** The server's view of SubmitResult, where a frame that cannot be parsed is an event of the call and not the end of it. */
    private static final MethodDescriptor<ArrivedFrame, Receipt> RECEIVE_RESULT =
            TaskServiceGrpc.getSubmitResultMethod().toBuilder(
                            new ArrivedFrame.Marshaller(FRAMES),
                            TaskServiceGrpc.getSubmitResultMethod().getResponseMarshaller())
                    .build();

    private TransferMethods() {}

    /** For a client: {@code ClientCalls.asyncServerStreamingCall(channel.newCall(fetchTask(), options), request, new FrameFetch<>(…))}. */
    public static MethodDescriptor<FetchTaskRequest, Frame> fetchTask() {
        return FETCH_TASK;
    }

    /** For a client: {@code ClientCalls.asyncClientStreamingCall(channel.newCall(submitResult(), options), responseObserver)}. */
    public static MethodDescriptor<Frame, Receipt> submitResult() {
        return SUBMIT_RESULT;
    }

    /** TaskService for a server: {@code transfers} for FetchTask and SubmitResult, {@code others} for the rest. */
    public static BindableService service(TaskServiceGrpc.AsyncService others, TransferService transfers) {
        return () -> bind(TaskServiceGrpc.bindService(others), transfers);
    }

    private static ServerServiceDefinition bind(ServerServiceDefinition generated, TransferService transfers) {
        ServiceDescriptor original = generated.getServiceDescriptor();
        ServiceDescriptor.Builder descriptor =
                ServiceDescriptor.newBuilder(original.getName()).setSchemaDescriptor(original.getSchemaDescriptor());
        for (MethodDescriptor<?, ?> method : original.getMethods()) {
            if (!isTransfer(method)) {
                descriptor.addMethod(method);
            }
        }
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(
                descriptor.addMethod(FETCH_TASK).addMethod(RECEIVE_RESULT).build());
        for (ServerMethodDefinition<?, ?> method : generated.getMethods()) {
            if (!isTransfer(method.getMethodDescriptor())) {
                service.addMethod(method);
            }
        }
        return service.addMethod(
                        FETCH_TASK,
                        ServerCalls.asyncServerStreamingCall((request, response) ->
                                transfers.fetchTask(request, (ServerCallStreamObserver<Frame>) response)))
                .addMethod(
                        RECEIVE_RESULT,
                        ServerCalls.asyncClientStreamingCall(response -> ArrivedFrame.unwrapping(
                                transfers.submitResult((ServerCallStreamObserver<Receipt>) response))))
                .build();
    }

    private static boolean isTransfer(MethodDescriptor<?, ?> method) {
        return method.getFullMethodName().equals(FETCH_TASK.getFullMethodName())
                || method.getFullMethodName().equals(SUBMIT_RESULT.getFullMethodName());
    }
}
