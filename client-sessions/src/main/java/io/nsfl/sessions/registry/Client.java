package io.nsfl.sessions.registry;

import io.nsfl.protocol.v1.PrivacySpent;
import io.nsfl.protocol.v1.Report;
import io.nsfl.sessions.stream.ClientChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A known client: its profile, its stream while there is one, its last report and what became of its work. */
public final class Client {
    private ClientProfile profile;
    private String sessionId;
    private ClientState state = ClientState.SILENT;
    private Optional<ClientChannel> channel = Optional.empty();
    private Optional<Report> report = Optional.empty();
    private List<PrivacySpent> privacy = List.of();
    private long firstSeenMs;
    private long lastSeenMs;
    private long awaySinceMs;
    private boolean wasConnected;
    private long leased;
    private long delivered;
    private long lost;

    Client(ClientProfile profile, String sessionId, long nowMs) {
        this.profile = profile;
        this.sessionId = sessionId;
        firstSeenMs = nowMs;
        lastSeenMs = nowMs;
        awaySinceMs = nowMs;
    }

    public String id() {
        return profile.id();
    }

    public ClientProfile profile() {
        return profile;
    }

    public String sessionId() {
        return sessionId;
    }

    public ClientState state() {
        return state;
    }

    /** Its stream, while it is connected. */
    public Optional<ClientChannel> channel() {
        return channel;
    }

    /** What it said last on this stream. */
    public Optional<Report> report() {
        return report;
    }

    /** What its data had cost when it last said so, now or on an earlier stream. For people only: the client's own account decides. */
    public List<PrivacySpent> privacy() {
        return privacy;
    }

    public long firstSeenMs() {
        return firstSeenMs;
    }

    public long lastSeenMs() {
        return lastSeenMs;
    }

    public long leased() {
        return leased;
    }

    public long delivered() {
        return delivered;
    }

    public long lost() {
        return lost;
    }

    /** How long it has been away; nothing while it is connected. */
    public Duration away(long nowMs) {
        return state == ClientState.CONNECTED ? Duration.ZERO : Duration.ofMillis(nowMs - awaySinceMs);
    }

    /** Whether it broke off (by itself, or because this side was away) and may be back any moment. */
    public boolean expectedBack(long nowMs, Duration grace) {
        return state == ClientState.SILENT && wasConnected && away(nowMs).compareTo(grace) < 0;
    }

    /** It registered on this stream. */
    void connected(ClientProfile announced, String session, ClientChannel stream, long nowMs) {
        profile = announced;
        sessionId = session;
        channel = Optional.of(stream);
        report = Optional.empty();
        state = ClientState.CONNECTED;
        wasConnected = true;
        lastSeenMs = nowMs;
    }

    public void seen(long nowMs) {
        lastSeenMs = nowMs;
    }

    /** Says whether it changes what is stored. */
    public boolean reported(Report latest) {
        report = Optional.of(latest);
        return mirrored(latest.getPrivacyList());
    }

    /** Of the datasets that the client has announced; anything may come from a client. */
    private boolean mirrored(List<PrivacySpent> said) {
        List<PrivacySpent> kept = said.stream()
                .limit(profile.datasets().size())
                .filter(spent -> profile.datasets().containsKey(spent.getDataset()))
                .filter(spent ->
                        amount(spent.getEpsilon()) && amount(spent.getEpsilonBudget()) && amount(spent.getDelta()))
                .toList();
        boolean changes = !kept.equals(privacy);
        privacy = kept;
        return changes;
    }

    private static boolean amount(double value) {
        return value >= 0 && Double.isFinite(value);
    }

    /** Its stream is gone. */
    void away(ClientState now, long nowMs) {
        state = now;
        channel = Optional.empty();
        report = Optional.empty();
        awaySinceMs = nowMs;
        lastSeenMs = nowMs;
    }

    public void countLeased() {
        leased++;
    }

    public void countDelivered() {
        delivered++;
    }

    public void countLost() {
        lost++;
    }

    /** As it was stored: away since now, whatever it was, so that it gets its full time to come back. */
    void restore(
            ClientState stored,
            long first,
            long last,
            long wasLeased,
            long wasDelivered,
            long wasLost,
            List<PrivacySpent> wasSpent) {
        state = stored == ClientState.QUIT ? ClientState.QUIT : ClientState.SILENT;
        wasConnected = stored == ClientState.CONNECTED;
        firstSeenMs = first;
        lastSeenMs = last;
        leased = wasLeased;
        delivered = wasDelivered;
        lost = wasLost;
        privacy = List.copyOf(wasSpent);
    }
}
