"""Cards and tags as their standards say, and virtual readers of vpcd to hold them to.

A card connects to its reader's port, and each message has two bytes of length before it. One byte long are those to the card's power, of which
only the question for the answer to reset (4) has an answer.
"""

import os
import socket
import struct
import threading

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

ATR_QUESTION = 4


def message(text):
    """One Text record in English (NDEF 1.0; Text RTD 1.0)."""
    payload = b"\x02en" + text
    return b"\xd1\x01" + bytes([len(payload)]) + b"T" + payload


class Card:
    """Tells its number and nothing else."""

    atr = bytes.fromhex("3b8180018080")

    def __init__(self, removed_at=None):
        self.removed_at, self.commands, self.done = removed_at, 0, threading.Event()

    def transmit(self, command):
        """The answer; None when the card is taken away instead."""
        self.commands += 1
        if self.commands == self.removed_at:
            return None
        return self.answer(command)

    def answer(self, command):
        if command[:4] == b"\xff\xca\0\0":
            return bytes.fromhex("04a1b2c3d4e5809000")
        return b"\x6d\x00"

    def is_last(self, command, _answer):
        return command[:2] == b"\xff\xb0"


class Type4(Card):
    """NFC Forum Type 4 Tag 2.0, as NTAG 424 and DESFire are."""

    def __init__(self, content=b"", size=512, longest=59, write=0, length=None, **further):
        super().__init__(**further)
        container = bytes.fromhex("000f20") + struct.pack(">HH", longest, longest) + bytes.fromhex("0406e104")
        container += struct.pack(">H", size) + bytes([0, write])
        length = len(content) if length is None else length
        file = struct.pack(">H", length) + content
        self.files = {b"\xe1\x03": bytearray(container), b"\xe1\x04": bytearray(file.ljust(size, b"\0"))}
        self.selected = None

    def answer(self, command):
        cla_ins, place = command[:2], command[2] << 8 | command[3]
        file = self.files.get(self.selected)
        if cla_ins == b"\x00\xa4":
            name = command[5:5 + command[4]]
            if command[2] == 4:
                return b"\x90\x00" if name == bytes.fromhex("d2760000850101") else b"\x6a\x82"
            self.selected = name
            return b"\x90\x00" if name in self.files else b"\x6a\x82"
        if cla_ins == b"\x00\xb0" and file is not None:
            return bytes(file[place:place + command[4]]) + b"\x90\x00"
        if cla_ins == b"\x00\xd6" and file is not None and place + command[4] <= len(file):
            file[place:place + command[4]] = command[5:5 + command[4]]
            return b"\x90\x00"
        return super().answer(command)

    def is_last(self, command, _answer):
        """The end of its message was read."""
        end = 2 + struct.unpack(">H", self.files[b"\xe1\x04"][:2])[0]
        return self.selected == b"\xe1\x04" and command[1] == 0xB0 and (command[2] << 8 | command[3]) + command[4] >= end

    @property
    def content(self):
        file = self.files[b"\xe1\x04"]
        return bytes(file[2:2 + struct.unpack(">H", file[:2])[0]])


class NTAG424(Type4):
    """NTAG 424 DNA with secure dynamic messaging, as NXP's AN12196 (§3) says; `e=` and `c=` are where it mirrors.

    Its cryptography is that of Python's `cryptography`. Its counter goes up with the first read after a select, as the data sheet says.
    """

    def __init__(self, content, meta_read, file_read, uid=bytes.fromhex("04a1b2c3d4e580"), counter=0, **further):
        super().__init__(content, size=256, longest=255, **further)
        self.meta_read, self.file_read, self.uid, self.counter, self.is_new_read = meta_read, file_read, uid, counter, False
        self.mirrors = True

    def answer(self, command):
        file = self.files[b"\xe1\x04"]
        if command[:2] == b"\x00\xa4":
            self.is_new_read = True
        elif command[:2] == b"\x00\xb0" and self.selected == b"\xe1\x04" and self.mirrors and self.is_new_read:
            self.is_new_read = False
            self.counter += 1
            for name, digits in zip([b"e=", b"c="], self.message()):
                place = file.rindex(name) + 2
                file[place:place + len(digits)] = digits
        return super().answer(command)

    def message(self):
        """PICCENCData and SDMMAC in hexadecimal digits, the MAC over nothing but the session key."""
        picc = self.uid + self.counter.to_bytes(3, "little")
        encryptor = Cipher(algorithms.AES(self.meta_read), modes.CBC(bytes(16))).encryptor()
        encrypted = encryptor.update(b"\xc7" + picc + os.urandom(5)) + encryptor.finalize()
        session_key = self.cmac(self.file_read, bytes.fromhex("3cc300010080") + picc)
        return encrypted.hex().upper().encode(), self.cmac(session_key, b"")[1::2].hex().upper().encode()

    @staticmethod
    def cmac(key, message):
        code = CMAC(algorithms.AES(key))
        code.update(message)
        return code.finalize()


class Type2(Card):
    """NFC Forum Type 2 Tag, as NTAG 213 is, behind PC/SC part 3: 144 bytes from page 4 on, lock control first as it is delivered."""

    atr = bytes.fromhex("3b8f8001804f0ca0000003060300030000000068")

    def __init__(self, content=None, write=0, **further):
        super().__init__(**further)
        area = bytes.fromhex("0103a00c34") + (b"\x03" + bytes([len(content)]) + content + b"\xfe" if content else b"\x03\0\xfe")
        self.memory = bytearray(bytes.fromhex("04a1b29f") + bytes(8) + bytes([0xE1, 0x10, 0x12, write]) + area).ljust(180, b"\0")
        self.others = 0

    def answer(self, command):
        place = command[3] * 4
        if command[:3] == b"\xff\xb0\0":
            return bytes((self.memory + self.memory)[place:place + command[4]]) + b"\x90\x00"
        if command[:3] == b"\xff\xd6\0" and command[4] == 4:
            self.memory[place:place + 4] = command[5:9]
            return b"\x90\x00"
        self.others += command[0] != 0xFF
        return super().answer(command)

    def is_last(self, command, answer):
        return command[:2] == b"\xff\xb0" and b"\xfe" in answer[:-2]


class Reader:
    """A place to hold a card to."""

    def __init__(self, port):
        self.port, self.line = port, None

    def insert(self, card):
        self.line = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        self.line.settimeout(None)
        threading.Thread(target=self.serve, args=(card, self.line), daemon=True).start()

    def remove(self):
        if self.line:
            try:
                self.line.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            self.line.close()
            self.line = None

    def serve(self, card, line):
        try:
            while command := self.receive(line):
                if len(command) > 1:
                    answer = card.transmit(command)
                    if answer is None:
                        line.shutdown(socket.SHUT_RDWR)
                        return
                elif command[0] == ATR_QUESTION:
                    answer = card.atr
                else:
                    continue
                line.sendall(struct.pack(">H", len(answer)) + answer)
                if len(command) > 1 and card.is_last(command, answer):
                    card.done.set()
        except OSError:
            pass

    @staticmethod
    def receive(line):
        # vpcd sends a message in two parts, of which the second waits until the first is acknowledged.
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        head = line.recv(2, socket.MSG_WAITALL)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        return line.recv(struct.unpack(">H", head)[0], socket.MSG_WAITALL) if len(head) == 2 else b""

    def tap(self, card, patience=30):
        """Holds a card there until it is read, then a moment for the reader to see that it went."""
        card.done.clear()
        self.insert(card)
        read = card.done.wait(patience)
        self.remove()
        assert read, f"the card at port {self.port} was not read: {card.commands} commands"
