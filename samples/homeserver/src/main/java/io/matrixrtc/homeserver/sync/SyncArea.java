package io.matrixrtc.homeserver.sync;

import io.matrixrtc.homeserver.accounts.AccountData;
import io.matrixrtc.homeserver.accounts.Filters;
import io.matrixrtc.homeserver.ephemeral.Receipts;
import io.matrixrtc.homeserver.ephemeral.Typing;
import io.matrixrtc.homeserver.faults.SyncGate;
import io.matrixrtc.homeserver.http.Endpoints;
import io.matrixrtc.homeserver.http.Routes;
import io.matrixrtc.homeserver.http.Tokens;
import io.matrixrtc.homeserver.keys.KeyArea;
import io.matrixrtc.homeserver.rooms.RoomArea;
import io.matrixrtc.homeserver.store.Foundation;
import io.matrixrtc.homeserver.store.StateThread;
import io.matrixrtc.homeserver.todevice.ToDeviceInbox;
import java.util.List;

/** Puts the sync request together from what the other areas keep. */
public final class SyncArea implements Endpoints {
  private final SyncEndpoint endpoint;

  public SyncArea(
      Foundation foundation,
      StateThread state,
      SyncGate gate,
      RoomArea rooms,
      KeyArea keys,
      ToDeviceInbox inbox,
      AccountData accountData,
      Typing typing,
      Receipts receipts,
      Filters filters,
      Tokens tokens) {
    AccountDataSection data = new AccountDataSection(accountData);
    SyncReader reader =
        new SyncReader(
            List.of(
                new RoomsSection(rooms, List.of(data, new EphemeralPart(typing, receipts))),
                new StickySection(rooms),
                new ToDeviceSection(inbox),
                new DeviceListsSection(keys.delta()),
                new OneTimeKeysSection(keys.oneTimeKeys()),
                data));
    this.endpoint = new SyncEndpoint(foundation, state, reader, gate, inbox, filters, tokens);
  }

  @Override
  public void addTo(Routes routes) {
    endpoint.addTo(routes);
  }
}
