"""Records what libosdp's own control panel and device say to each other, for Tests/OSDPTests/Fixtures/libosdp.txt.

usage: .build/osdp/bin/python Tests/OSDP/record.py > Tests/OSDPTests/Fixtures/libosdp.txt
"""

import collections
import time

import osdp

KEY = bytes.fromhex("a1b2c3d4e5f60718293a4b5c6d7e8f90")
lines = []


class Line(osdp.Channel):
    """One end of a line; what is written shows in the recording once a frame is whole."""

    def __init__(self, arrow, queue, other):
        super().__init__()
        self.arrow, self.queue, self.other = arrow, queue, other

    def read(self, max_bytes):
        return bytes(self.queue.popleft() for _ in range(min(max_bytes, len(self.queue))))

    def write(self, buf):
        lines.append(f"{self.arrow} {bytes(buf).hex()}")
        self.other.extend(buf)
        return len(buf)

    def flush(self):
        self.queue.clear()


to_panel, to_device = collections.deque(), collections.deque()
flags, capabilities = [osdp.LibFlag.EnforceSecure], osdp.PDCapabilities([
    (osdp.Capability.LEDControl, 1, 1), (osdp.Capability.AudibleControl, 1, 1), (osdp.Capability.TextOutput, 1, 1)])
device = osdp.PeripheralDevice(osdp.PDInfo(5, Line("<", to_device, to_panel), scbk=KEY, flags=flags), capabilities, osdp.LogLevel.Emergency)
panel = osdp.ControlPanel([osdp.PDInfo(5, Line(">", to_panel, to_device), scbk=KEY, flags=flags)], osdp.LogLevel.Emergency)
device.start()
panel.start()
assert panel.sc_wait_all(), "no secure channel"
for command in [
        {"command": osdp.Command.LED, "reader": 0, "led_number": 0, "control_code": 1, "on_count": 1, "off_count": 0,
         "on_color": osdp.CommandLEDColor.Red, "off_color": osdp.CommandLEDColor.Black, "temporary": False},
        {"command": osdp.Command.Buzzer, "reader": 0, "control_code": 2, "on_count": 1, "off_count": 1, "rep_count": 3},
        {"command": osdp.Command.Text, "reader": 0, "control_code": 1, "temp_time": 0, "offset_row": 1, "offset_col": 1,
         "data": "Not signed in   "}]:
    assert panel.submit_command(5, command)
    time.sleep(0.2)
for event in [
        {"event": osdp.Event.KeyPress, "reader_no": 0, "data": b"1"},
        {"event": osdp.Event.KeyPress, "reader_no": 0, "data": b"25\x7f\x0d"},
        {"event": osdp.Event.CardRead, "reader_no": 0, "direction": 0, "format": osdp.CardFormat.Wiegand, "length": 26,
         "data": bytes.fromhex("12ab34c0")}]:
    device.submit_event(event)
    time.sleep(0.3)
panel.teardown()
device.teardown()
print(f"key {KEY.hex()}", *lines, sep="\n")
