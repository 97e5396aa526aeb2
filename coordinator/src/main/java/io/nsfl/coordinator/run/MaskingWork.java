package io.nsfl.coordinator.run;

import io.nsfl.coordinator.masking.MaskingDesk;
import io.nsfl.coordinator.round.Effect;
import io.nsfl.coordinator.round.MaskedLayout;
import io.nsfl.coordinator.round.OpenWork;
import io.nsfl.coordinator.round.Rejection;
import io.nsfl.coordinator.round.RoundEvent;
import io.nsfl.coordinator.round.WorkId;
import io.nsfl.federation.secagg.PartyId;
import io.nsfl.federation.secagg.SecAggAbort;
import io.nsfl.federation.secagg.ThreatModel;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.MaskingMessage;
import io.nsfl.protocol.v1.MaskingRefusal;
import io.nsfl.protocol.v1.MaskingStage;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.TaskDescription;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Performs what the phases decide about masking sessions, on the disk's lane, and brings clients' words to the phases as events. */
final class MaskingWork implements MaskingDesk.Engine {
    private static final Receipt HELD =
            Receipt.newBuilder().setVerdict(Receipt.Verdict.HELD).build();

    private final RunPlan plan;
    private final DiskWork disk;
    private final MaskingBook book;
    private final Desk desk;
    private final MaskingDesk clients;
    private final RunNews news;
    private final RunEvents events;
    private Optional<ThreatModel> told = Optional.empty();

    MaskingWork(RunPlan plan, DiskWork disk, MaskingBook book, Desk desk, RunNews news, RunEvents events) {
        this.plan = plan;
        this.disk = disk;
        this.book = book;
        this.desk = desk;
        this.clients = new MaskingDesk(desk, this);
        this.news = news;
        this.events = events;
    }

    /** Where clients that mask come to. */
    MaskingDesk clients() {
        return clients;
    }

    void open(Effect.OpenMasking order) {
        WorkId work = order.work();
        disk.perform(() -> {
            Optional<MaskedLayout> layout = desk.open(work).flatMap(OpenWork::masked);
            SortedMap<String, PartyId> parties = new TreeMap<>();
            order.clients()
                    .forEach(client -> clients.party(work, client).ifPresent(party -> parties.put(client, party)));
            if (layout.isEmpty() || parties.size() < 2) {
                events.post(new RoundEvent.MaskingBroken(work, order.session(), "its clients are not there any more"));
                return;
            }
            try {
                TaskDescription task = desk.describe(plan.task(work, parties.firstKey()));
                desk.masking(work, order.session());
                tellThreatModel(work, clients.threatModel(parties.keySet()));
                asked(
                        work,
                        order.session(),
                        order.stage(),
                        book.open(
                                work,
                                order.session(),
                                task,
                                layout.get(),
                                parties,
                                plan.rules().masking().orElseThrow(),
                                why -> news.announce(Optional.of(work), "MASKING_GROUP_LEFT_OUT", why)));
            } catch (SecAggAbort refused) {
                broken(work, order.session(), refused);
            } catch (FaultException over) {
                if (over.fault() != Fault.STALE) {
                    throw over;
                }
                // The run is being stopped: nobody waits for this session.
            }
        });
    }

    /** Once, and again when it changes. */
    private void tellThreatModel(WorkId work, ThreatModel now) {
        if (!told.equals(Optional.of(now))) {
            told = Optional.of(now);
            String why = now == ThreatModel.ACTIVE
                    ? "every client checks its peers' certificates."
                    : "clients take the server's word for who their peers are; configure secure_aggregation.ca_file at"
                            + " each for more.";
            news.announce(Optional.of(work), "THREAT_MODEL", "threat_model: " + now.text() + ": " + why);
        }
    }

    void ask(Effect.AskStage order) {
        disk.perform(() -> {
            try {
                book.advance(order.work(), order.session(), order.stage())
                        .ifPresent(requests -> asked(order.work(), order.session(), order.stage(), requests));
            } catch (SecAggAbort refused) {
                broken(order.work(), order.session(), refused);
            }
        });
    }

    private void asked(WorkId work, int session, MaskingStage stage, Map<String, byte[]> requests) {
        events.post(new RoundEvent.StageAsked(work, session, stage, new TreeSet<>(requests.keySet())));
        clients.ask(work, session, stage, requests);
    }

    private void broken(WorkId work, int session, SecAggAbort refused) {
        events.post(new RoundEvent.MaskingBroken(work, session, withoutPoint(refused.getMessage())));
    }

    private static String withoutPoint(String sentence) {
        return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    }

    /** The answer to the upload is given here: whatever became of the session, there is nothing to do about this vector. */
    void fold(Effect.FoldMasked order) {
        RoundEvent.Offer offer = order.offer();
        disk.perform(() -> {
            Optional<Rejection> rejection = Optional.empty();
            try {
                boolean counts = book.fold(
                        offer.work(),
                        offer.maskingSession(),
                        offer.client(),
                        offer.staged().stageFile().orElseThrow());
                if (!counts) {
                    rejection = Optional.of(new Rejection(
                            Fault.UPDATE_TOO_LATE, "No vector of this client is expected in this session."));
                }
            } catch (SecAggAbort refused) {
                rejection = Optional.of(new Rejection(Fault.UPDATE_MALFORMED, refused.getMessage()));
            }
            events.post(new RoundEvent.StageAnswered(
                    offer.work(),
                    offer.maskingSession(),
                    MaskingStage.MASKING_STAGE_INPUT,
                    offer.client(),
                    Optional.of(offer.digest()),
                    rejection));
            desk.answer(offer, HELD);
            clients.take(offer.work(), offer.client(), offer.maskingSession(), MaskingStage.MASKING_STAGE_INPUT);
        });
    }

    void unmask(Effect.Unmask order) {
        disk.perform(() -> {
            try {
                book.unmask(order.work(), order.session())
                        .ifPresent(sum -> events.post(
                                new RoundEvent.Unmasked(order.work(), order.session(), sum.clients(), sum.metrics())));
            } catch (SecAggAbort refused) {
                broken(order.work(), order.session(), refused);
            }
        });
    }

    void end(Effect.EndMasking order) {
        clients.end(order.work(), order.session(), order.clients(), order.reason());
    }

    @Override
    public void ready(WorkId work, String client) {
        events.post(new RoundEvent.Ready(work, client));
    }

    @Override
    public void answered(WorkId work, String client, MaskingMessage answer) {
        disk.perform(() -> {
            Optional<Rejection> rejection = Optional.empty();
            try {
                if (!book.take(
                        work,
                        answer.getSession(),
                        answer.getStage(),
                        client,
                        answer.getContent().toByteArray())) {
                    return;
                }
            } catch (SecAggAbort refused) {
                rejection = Optional.of(new Rejection(Fault.UPDATE_MALFORMED, refused.getMessage()));
            }
            events.post(new RoundEvent.StageAnswered(
                    work, answer.getSession(), answer.getStage(), client, Optional.empty(), rejection));
        });
    }

    @Override
    public void left(WorkId work, String client, MaskingRefusal refusal) {
        events.post(new RoundEvent.MaskingLeft(
                work,
                refusal.getSession(),
                client,
                refusal.getForGood(),
                Rejection.toldBy(refusal.getReason()).message(),
                Optional.of(refusal.getBlamed()).filter(blamed -> !blamed.isEmpty())));
    }
}
