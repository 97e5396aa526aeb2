package io.nsfl.sessions.desk;

import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.Assignment;
import io.nsfl.protocol.v1.Cancel;
import io.nsfl.protocol.v1.ServerEvent;
import io.nsfl.sessions.stream.ClientChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A client's end of a stream: keeps what was sent. */
final class FakeChannel implements ClientChannel {
    final List<ServerEvent> sent = new ArrayList<>();
    Optional<FaultException> closedWith = Optional.empty();
    boolean completed;
    boolean ready = true;

    @Override
    public void send(ServerEvent event) {
        sent.add(event);
    }

    @Override
    public boolean ready() {
        return ready;
    }

    @Override
    public void close(FaultException reason) {
        closedWith = Optional.of(reason);
    }

    @Override
    public void complete() {
        completed = true;
    }

    List<Assignment> assignments() {
        return sent.stream()
                .filter(ServerEvent::hasAssignment)
                .map(ServerEvent::getAssignment)
                .toList();
    }

    List<Cancel> cancels() {
        return sent.stream()
                .filter(ServerEvent::hasCancel)
                .map(ServerEvent::getCancel)
                .toList();
    }
}
