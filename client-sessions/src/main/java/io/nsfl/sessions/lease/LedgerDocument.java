package io.nsfl.sessions.lease;

import com.google.protobuf.InvalidProtocolBufferException;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.JobKey;
import io.nsfl.protocol.v1.Assignment;
import io.nsfl.protocol.v1.FaultDetail;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.sessions.registry.Amount;
import java.io.IOException;
import java.util.Base64;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A run's ledger as a document. */
final class LedgerDocument {
    private LedgerDocument() {}

    static ObjectNode write(RunLedger ledger) {
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        data.put("run", ledger.run());
        data.put("namespace", ledger.job().namespace());
        data.put("job", ledger.job().id());
        data.put("epoch", ledger.epoch());
        data.put("retired", ledger.retired());
        ArrayNode trained = data.putArray("trained");
        ledger.trained().stream().sorted().forEach(trained::add);
        ArrayNode reservations = data.putArray("reservations");
        ledger.reservations().forEach(reservation -> reservations.add(write(reservation)));
        return data;
    }

    private static ObjectNode write(Reservation reservation) {
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        data.put("round", reservation.key().round());
        data.put("attempt", reservation.key().attempt());
        data.put("kind", reservation.key().kind().name());
        data.put("cpu", reservation.perClient().cpu());
        data.put("gpu", reservation.perClient().gpu());
        data.put("memory_mb", reservation.perClient().memoryMb());
        data.put("closed_at_epoch", reservation.closedAtEpoch());
        ArrayNode leases = data.putArray("leases");
        reservation.leases().forEach(lease -> leases.add(write(lease)));
        return data;
    }

    private static ObjectNode write(Lease lease) {
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        data.put("client", lease.clientId());
        data.put("name", lease.clientName());
        data.put("address", lease.address());
        data.put("samples", lease.samples());
        data.put("state", lease.state().name());
        data.put("to_send", lease.toSend());
        data.put("held", lease.held());
        lease.work().ifPresent(work -> {
            data.put(
                    "assignment",
                    Base64.getEncoder().encodeToString(work.assignment().toByteArray()));
            data.put("deadline_ms", work.deadlineMs());
            data.put("start_ms", work.startMs());
        });
        lease.cancel().ifPresent(cancel -> {
            data.put("cancel", cancel.reason());
            data.put("cancel_until_ms", cancel.untilMs());
        });
        if (!lease.reason().getCode().isEmpty()) {
            data.put("fault", lease.reason().getCode());
            data.put("reason", lease.reason().getMessage());
        }
        return data;
    }

    static RunLedger read(JsonNode data) {
        try {
            RunLedger ledger = new RunLedger(
                    new JobKey(
                            data.required("namespace").asString(),
                            data.required("job").asString()),
                    data.required("run").asString(),
                    data.required("epoch").asLong());
            if (data.path("retired").asBoolean(false)) {
                ledger.retire();
            }
            data.path("trained").forEach(client -> ledger.trained().add(client.asString()));
            for (JsonNode reservation : data.path("reservations")) {
                read(ledger, reservation);
            }
            return ledger;
        } catch (IOException | JacksonException | IllegalArgumentException e) {
            throw new FaultException(
                    Fault.CONFIGURATION_INVALID,
                    "A document of the collection leases is not one of this version (run "
                            + data.path("run").asString("without a name")
                            + "); delete it if no job of that run is running.",
                    e);
        }
    }

    private static void read(RunLedger ledger, JsonNode data) throws IOException {
        Reservation reservation = ledger.reserve(
                new ReservationKey(
                        data.required("round").asInt(),
                        data.required("attempt").asInt(),
                        TaskKind.valueOf(data.required("kind").asString())),
                new Amount(
                        data.path("cpu").asDouble(0),
                        data.path("gpu").asLong(0),
                        data.path("memory_mb").asLong(0)));
        reservation.close(data.path("closed_at_epoch").asLong(-1));
        for (JsonNode lease : data.path("leases")) {
            read(reservation, lease);
        }
    }

    private static void read(Reservation reservation, JsonNode data) throws InvalidProtocolBufferException {
        Lease lease = reservation.add(
                data.required("client").asString(),
                data.path("name").asString(""),
                data.path("address").asString(""),
                data.path("samples").asLong(0));
        Optional<Lease.Work> work = Optional.empty();
        if (data.has("assignment")) {
            work = Optional.of(new Lease.Work(
                    Assignment.parseFrom(
                            Base64.getDecoder().decode(data.get("assignment").asString())),
                    data.path("deadline_ms").asLong(0),
                    data.path("start_ms").asLong(0)));
        }
        Optional<Lease.PendingCancel> cancel = Optional.empty();
        if (data.has("cancel")) {
            cancel = Optional.of(new Lease.PendingCancel(
                    data.get("cancel").asString(), data.path("cancel_until_ms").asLong(0)));
        }
        lease.restore(
                LeaseState.valueOf(data.required("state").asString()),
                work,
                data.path("to_send").asBoolean(false),
                data.path("held").asBoolean(false),
                cancel,
                FaultDetail.newBuilder()
                        .setCode(data.path("fault").asString(""))
                        .setMessage(data.path("reason").asString(""))
                        .build());
    }
}
