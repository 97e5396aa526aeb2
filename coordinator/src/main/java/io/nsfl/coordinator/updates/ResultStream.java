package io.nsfl.coordinator.updates;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.transfer.Frame;
import io.nsfl.protocol.v1.Receipt;
import java.util.concurrent.CompletionStage;

/** One SubmitResult call: asks for a frame, hands it to the intake, asks for the next. Holds one frame at a time. */
final class ResultStream implements StreamObserver<Frame> {
    private final UpdateIntake intake;
    private final ServerCallStreamObserver<Receipt> response;
    private Upload upload;
    private boolean answering;

    ResultStream(UpdateIntake intake, ServerCallStreamObserver<Receipt> response) {
        this.intake = intake;
        this.response = response;
        response.disableAutoRequest();
        response.setOnCancelHandler(this::broken);
        response.request(1);
    }

    @Override
    public void onNext(Frame frame) {
        if (answering) {
            frame.release().run();
            return;
        }
        try {
            accept(frame);
            if (!answering) {
                response.request(1);
            }
        } catch (RuntimeException refused) {
            fail(refused);
        }
    }

    @Override
    public void onError(Throwable cancelled) {
        broken();
    }

    @Override
    public void onCompleted() {
        if (answering) {
            return;
        }
        try {
            if (upload == null) {
                throw new FaultException(Fault.UPDATE_MALFORMED, "The stream ended before the result's header.");
            }
            answer(intake.decide(upload));
        } catch (RuntimeException refused) {
            fail(refused);
        }
    }

    private void accept(Frame frame) {
        if (upload != null) {
            upload.accept(frame);
            return;
        }
        boolean passedOn = false;
        try {
            switch (intake.receive(frame.header())) {
                case Reception.Answered answered -> answer(answered.receipt());
                case Reception.Awaited awaited -> {
                    upload = awaited.upload();
                    passedOn = true;
                    upload.accept(frame);
                }
            }
        } finally {
            if (!passedOn) {
                frame.release().run();
            }
        }
    }

    /** The answer may come before the client has sent everything: it stops then. */
    private void answer(CompletionStage<Receipt> receipt) {
        answering = true;
        receipt.whenComplete(this::respond);
    }

    private void respond(Receipt receipt, Throwable failure) {
        if (response.isCancelled()) {
            return;
        }
        if (failure != null) {
            response.onError(failure);
        } else {
            response.onNext(receipt);
            response.onCompleted();
        }
    }

    private void fail(RuntimeException refused) {
        answering = true;
        broken();
        response.onError(refused);
    }

    private void broken() {
        if (upload != null) {
            intake.interrupt(upload);
        }
    }
}
