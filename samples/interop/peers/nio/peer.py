"""One device of matrix-nio with libolm, driven by JSON lines: a command on stdin is {"id", "do", ...},
its answer on stdout {"id", "ok"} or {"id", "error"}; what happens meanwhile is {"event", ...}.

nio drops Olm messages of types that it does not know, and has no call of its own. So this script
looks at every message before nio does, encrypts with nio's own sessions, and keeps a plain
membership and media key: offered to who comes, replaced when somebody goes.
"""
import asyncio
import base64
import json
import logging
import os
import sys
import tempfile
import time
from datetime import timedelta

import logbook
from nio import (
    AsyncClient,
    AsyncClientConfig,
    LoginResponse,
    MegolmEvent,
    RoomGetStateResponse,
    RoomMessageText,
    RoomSendResponse,
    SyncResponse,
)
from nio.crypto import Olm
from nio.event_builders import ToDeviceMessage
from yarl import URL

MEMBER = "org.matrix.msc3401.call.member"
KEYS = "io.element.call.encryption_keys"

logging.basicConfig(stream=sys.stderr, level=logging.INFO)
logbook.StreamHandler(sys.stderr, level="INFO").push_application()


def emit(**line):
    print(json.dumps(line), flush=True)


class Peer:
    def __init__(self):
        self.client = None
        self.sync = None
        self.call = None
        self.unplaced = []
        self.sending = asyncio.Lock()

    # --- commands

    async def start(self, homeserver, user, password, device):
        self.client = AsyncClient(
            homeserver,
            user,
            device_id=device,
            store_path=tempfile.mkdtemp(prefix="nio-peer-"),
            config=AsyncClientConfig(encryption_enabled=True),
        )
        answer = await self.client.login(password)
        if not isinstance(answer, LoginResponse):
            raise RuntimeError(str(answer))
        self.client.add_response_callback(self.on_sync, SyncResponse)
        self.client.add_event_callback(self.on_message, RoomMessageText)
        self.client.add_event_callback(self.on_unread, MegolmEvent)
        synced = asyncio.create_task(self.client.synced.wait())
        self.sync = asyncio.create_task(self.client.sync_forever(timeout=20000, full_state=True))
        self.sync.add_done_callback(lambda task: emit(event="sync-ended", text=str(task)))
        await synced
        while self.client.should_upload_keys:
            await asyncio.sleep(0.02)
        keys = self.client.olm.account.identity_keys
        return {"user": answer.user_id, "device": answer.device_id, **keys}

    async def join(self, room):
        await self.client.join(room)
        while room not in self.client.rooms or not self.client.rooms[room].encrypted:
            await self.client.synced.wait()
        return {}

    async def leaveRoom(self, room):
        await self.client.room_leave(room)
        return {}

    async def http(self, method, path, body):
        """Sends a request as this device."""
        headers = {"Authorization": f"Bearer {self.client.access_token}"}
        url = URL(self.client.homeserver + path, encoded=True)
        async with self.client.client_session.request(method, url, json=body, headers=headers) as answer:
            if answer.status != 200:
                raise RuntimeError(f"{method} {path}: {answer.status} {await answer.text()}")
            return await answer.json()

    async def age(self, millis):
        """Makes the room keys that nio encrypts with so much older."""
        for session in self.client.olm.outbound_group_sessions.values():
            session.creation_time -= timedelta(milliseconds=millis)
        return {}

    async def post(self, room, body):
        """Encrypts a message with nio's own Megolm session and sends it."""
        async with self.sending:
            if self.client.should_query_keys:
                await self.client.keys_query()
            answer = await self.client.room_send(
                room, "m.room.message", {"msgtype": "m.text", "body": body}, ignore_unverified_devices=True
            )
        if not isinstance(answer, RoomSendResponse):
            raise RuntimeError(str(answer))
        return {"id": answer.event_id}

    async def on_message(self, room, event):
        if event.decrypted and event.sender != self.client.user_id:
            emit(
                event="message",
                room=room.room_id,
                id=event.event_id,
                sender=event.sender,
                body=event.body,
                session=event.session_id,
            )

    async def on_unread(self, room, event):
        emit(event="unread", room=room.room_id, id=event.event_id, sender=event.sender, code="UNDECRYPTED")

    async def devices(self, user):
        await self.query(user)
        known = self.client.device_store.active_user_devices(user)
        return {"devices": [{"device": d.device_id, "curve25519": d.curve25519} for d in known]}

    async def send(self, type, content, to):
        types = []
        async with self.sending:
            for target in to:
                olm_type = await self.send_one(type, content, target["user"], target["device"])
                if olm_type is not None:
                    types.append(olm_type)
        return {"olmTypes": types}

    async def joinCall(self, room):
        self.call = {"room": room, "served": set(), "index": -1}
        self.new_key()
        await self.put_membership(
            {
                "application": "m.call",
                "call_id": "",
                "scope": "m.room",
                "device_id": self.client.device_id,
                "expires": 14400000,
                "focus_active": {"type": "livekit", "focus_selection": "oldest_membership"},
                "foci_preferred": [{"type": "livekit", "livekit_service_url": "http://127.0.0.1:1"}],
            }
        )
        await self.share()
        return {}

    async def leaveCall(self):
        room, self.call = self.call["room"], None
        await self.put_membership({}, room)
        return {}

    async def uploadKeys(self):
        """nio takes a count of 0 in a sync for none told, so it would never upload again."""
        self.client.olm.uploaded_key_count = 0
        await self.client.keys_upload()
        return {}

    # --- Olm

    async def query(self, user):
        self.client.olm.users_for_key_query.add(user)
        await self.client.keys_query()

    async def send_one(self, type, content, user, device_id):
        if device_id not in self.client.device_store[user]:
            await self.query(user)
        device = self.client.device_store[user].get(device_id)
        if device is None:
            return None
        session = self.client.olm.session_store.get(device.curve25519)
        if session is None:
            await self.client.keys_claim({user: [device_id]})
            session = self.client.olm.session_store.get(device.curve25519)
        if session is None:
            return None
        payload = self.client.olm._olm_encrypt(session, device, type, content)
        await self.client.to_device(ToDeviceMessage("m.room.encrypted", user, device_id, payload))
        return payload["ciphertext"][device.curve25519]["type"]

    def on_olm(self, sender, sender_key, payload):
        """A message that nio has decrypted and whose sender and recipient it has checked."""
        self.unplaced.append((sender, sender_key, payload))
        self.place()

    def place(self):
        """Tells of messages whose sending device is known; the others wait for the device list."""
        waiting, self.unplaced = self.unplaced, []
        for sender, sender_key, payload in waiting:
            device = self.client.olm.device_store.device_from_sender_key(sender, sender_key)
            if device is None:
                self.client.olm.users_for_key_query.add(sender)
                self.unplaced.append((sender, sender_key, payload))
            elif device.ed25519 == payload["keys"]["ed25519"]:
                self.take(sender, device.device_id, sender_key, payload)
            else:
                emit(event="forged", sender=sender, senderKey=sender_key)

    def take(self, sender, device, sender_key, payload):
        content = payload["content"]
        emit(
            event="to-device",
            type=payload["type"],
            sender=sender,
            senderDevice=device,
            senderKey=sender_key,
            encrypted=True,
            content=content,
        )
        if payload["type"] == KEYS and self.call and content["room_id"] == self.call["room"]:
            if content["member"]["claimed_device_id"] == device:
                keys = content["keys"]
                self.tell_key(sender, device, keys["index"], keys["key"])

    # --- the call

    def tell_key(self, user, device, index, key):
        text = base64.b64encode(base64.b64decode(key + "==")).decode()
        emit(event="key", user=user, device=device, index=index, key=text)

    def new_key(self):
        self.call["key"] = base64.b64encode(os.urandom(16)).decode()
        self.call["index"] = (self.call["index"] + 1) % 256
        self.call["served"] = set()
        me = self.client
        self.tell_key(me.user_id, me.device_id, self.call["index"], self.call["key"])

    async def put_membership(self, content, room=None):
        key = f"_{self.client.user_id}_{self.client.device_id}_m.call"
        await self.client.room_put_state(room or self.call["room"], MEMBER, content, key)

    async def on_sync(self, response):
        if self.client.should_query_keys:
            await self.client.keys_query()
        self.place()
        if self.call and self.call["room"] in response.rooms.join:
            await self.share()

    async def share(self):
        call = self.call
        async with self.sending:
            state = await self.client.room_get_state(call["room"])
            if not isinstance(state, RoomGetStateResponse) or call is not self.call:
                return
            own = (self.client.user_id, self.client.device_id)
            # With the time of the join: whoever left and came back is somebody new.
            present = {
                (*who, event["content"].get("created_ts", event["origin_server_ts"]))
                for event in state.events
                if event["type"] == MEMBER and event["content"]
                if (who := (event["sender"], event["content"]["device_id"])) != own
            }
            if call["served"] - present:
                self.new_key()
            for user, device, joined in sorted(present - call["served"]):
                content = {
                    "keys": {"index": call["index"], "key": call["key"]},
                    "member": {
                        "claimed_device_id": self.client.device_id,
                        "id": f"{self.client.user_id}:{self.client.device_id}",
                    },
                    "room_id": call["room"],
                    "session": {"application": "m.call", "call_id": "", "scope": "m.room"},
                    "sent_ts": int(time.time() * 1000),
                }
                if await self.send_one(KEYS, content, user, device) is not None:
                    call["served"].add((user, device, joined))

    async def run(self, line):
        command = json.loads(line)
        number, name = command.pop("id"), command.pop("do")
        try:
            emit(id=number, ok=await getattr(self, name)(**command))
        except Exception as error:
            logging.exception("command %s failed", name)
            emit(id=number, error=repr(error))


async def main():
    peer = Peer()
    drop = Olm._handle_olm_event

    def hook(olm, sender, sender_key, payload):
        peer.on_olm(sender, sender_key, payload)
        return drop(olm, sender, sender_key, payload)

    Olm._handle_olm_event = hook
    loop = asyncio.get_running_loop()
    commands = set()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        task = asyncio.create_task(peer.run(line))
        commands.add(task)
        task.add_done_callback(commands.discard)
    os._exit(0)


asyncio.run(main())
