"""A stand-in for the public services of city data, on a loopback port: their envelopes, columns, codes and errors.

All figures are our own and follow from the row's number, so a test can say what it must find. Use:

    async with Upstream(now).serve() as address:       # http://127.0.0.1:PORT
        ...                                             # bases: see `bases`
    body = Upstream(now).answer("/KEY/json/bikeList/1/1000/").body      # or without a socket

`generation` picks the columns ("new", "old"); `faults` maps a service's name to how it fails (FAULTS); `rows` maps a
service's name to rows of one's own. `asked` keeps every request, for quotas and for keys that must not be there.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from xml.sax.saxutils import escape

from display_bridge.city_data.geography import DISTRICTS
from display_bridge.city_data.metrics import KST
from display_bridge.city_data.projections import KOREA_CENTRAL, weather_cell
from display_bridge.city_data.seoul.hotspots import spots
from display_bridge.city_data.seoul.population import DISTRICT_OF

KEY = "0123456789abcdef0123456789abcdef"
"""The key that the stand-in takes; made up."""
SAMPLE = "sample"
SAMPLE_PLACE = "광화문·덕수궁"
SEOUL_SERVICES = (
    "RealtimeCityAir", "ListAirQualityByDistrictService", "ListRiverStageService", "WPOSInformationTime",
    "GetParkInfo", "GetParkingInfo", "bikeList", "SPOP_LOCAL_RESD_JACHI", "SPOP_FORN_LONG_RESD_JACHI",
    "SPOP_FORN_TEMP_RESD_JACHI", "ListNecessariesPricesService", "culturalEventInfo", "AccInfo", "AccMainCode",
)  # fmt: skip
FAULTS = (
    "truncated", "html", "not-utf8", "empty", "http-500", "http-503", "bad-key", "quota", "server", "database",
    "no-service", "single", "missing", "other-columns", "no-rows", "doctype", "hang", "text-error",
)  # fmt: skip

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back."""

    status: int
    kind: str
    body: bytes


def bases(address: str) -> dict[str, str]:
    """The base address of every source of `public_sources()` at a server of this module, by the source's id."""
    return {
        "disaster-messages": address,
        "seoul-open-data": address,
        "seoul-city-data": address,
        "seoul-subway": f"{address}/api/subway",
        "seoul-bus": f"{address}/api/rest",
        "kma": address,
        "airkorea": address,
    }


def as_xml(name: str, value: Any) -> str:
    """A value as an element; a list repeats its name."""
    if isinstance(value, list):
        return "".join(as_xml(name, entry) for entry in value)
    if isinstance(value, dict):
        return f"<{name}>{''.join(as_xml(key, entry) for key, entry in value.items())}</{name}>"
    return f"<{name}>{escape('' if value is None else str(value))}</{name}>"


@dataclass(slots=True)
class Upstream:
    """The services at one moment. bikes, lots: how many stations and car parks there are, for paging."""

    now: datetime
    generation: str = "new"
    faults: dict[str, str] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    quota: dict[str, int] = field(default_factory=dict)
    bikes: int = 2350
    lots: int = 1010
    asked: list[str] = field(default_factory=list)
    calls: dict[str, int] = field(default_factory=dict)
    all_stations: bool = True

    # ------------------------------------------------------------------------------------------ one request

    def answer(self, target: str) -> Answer:
        """The answer to a path with its query."""
        self.asked.append(target)
        parts = urlsplit(target)
        names = [unquote(part) for part in parts.path.split("/") if part]
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        if names[:2] == ["api", "subway"]:
            return self._counted("subway", lambda: self._subway(names[2:]))
        if names[:2] == ["api", "rest"]:
            return self._counted("bus", lambda: self._bus(query))
        if names and names[0] == "1360000":
            return self._counted("kma", lambda: self._kma(query))
        if names and names[0] == "B552584":
            return self._counted("airkorea", lambda: self._airkorea(query))
        if names[:2] == ["V2", "api"]:
            return self._counted("disaster", lambda: self._disaster(query))
        if len(names) >= 5:
            return self._counted(names[2], lambda: self._seoul(names))
        return Answer(404, "text/html", b"<html><body>Not Found</body></html>")

    def _counted(self, name: str, make: Callable[[], Answer]) -> Answer:
        self.calls[name] = self.calls.get(name, 0) + 1
        over = self.calls[name] > self.quota.get(name, 1_000_000)
        fault = "quota" if over else self.faults.get(name, "")
        if fault in ("http-500", "http-503"):
            return Answer(int(fault[-3:]), "text/html", b"<html><body><h1>error</h1></body></html>")
        if fault == "html":
            return Answer(200, "text/html", b"<!DOCTYPE html><html><head></head><body>Wait a moment</body></html>")
        if fault == "empty":
            return Answer(200, "application/json", b"")
        if fault == "not-utf8":
            return Answer(200, "application/json", '{"가": 1}'.encode("cp949"))
        if fault == "doctype":
            bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'
            return Answer(200, "text/xml", bomb)
        if over:
            self.faults[name] = "quota"
        answer = make()
        if over:
            del self.faults[name]
        if fault == "truncated":
            return Answer(200, answer.kind, answer.body[: len(answer.body) * 2 // 3])
        return answer

    # ------------------------------------------------------------------------------------------ openapi.seoul.go.kr

    def _seoul(self, names: list[str]) -> Answer:
        key, form, service, first, last, *arguments = names
        fault = self.faults.get(service, "")
        known = service in SEOUL_SERVICES or service in ("citydata", "citydata_ppltn")
        if key not in (KEY, SAMPLE) or fault == "bad-key":
            # In XML, whatever was asked: the trap of this gateway.
            return self._bare("xml", "INFO-100", "인증키가 유효하지 않습니다.")
        codes = {"quota": "ERROR-337", "server": "ERROR-500", "database": "ERROR-600", "no-rows": "INFO-200"}
        if fault in codes:
            return self._bare(form, codes[fault], "요청을 처리하지 못했습니다.")
        if not known or fault == "no-service":
            return self._bare(form, "ERROR-310", "해당하는 서비스를 찾을 수 없습니다.")
        if not first.isdigit() or not last.isdigit():
            return self._bare(form, "ERROR-333", "요청위치 값의 타입이 유효하지 않습니다.")
        start, end = int(first), int(last)
        if start < 1:
            return self._bare(form, "ERROR-331", "요청시작위치 값을 확인하십시오.")
        if start > end:
            return self._bare(form, "ERROR-334", "요청종료위치 보다 요청시작위치가 더 큽니다.")
        if end - start >= 1000:
            return self._bare(form, "ERROR-336", "한번에 최대 1000건을 넘을 수 없습니다.")
        if key == SAMPLE and end - start >= 5:
            return self._bare(form, "ERROR-335", "샘플데이터는 5건을 넘을 수 없습니다.")
        if service in ("citydata", "citydata_ppltn"):
            return self._city_data(form, service, SAMPLE_PLACE if key == SAMPLE else arguments[0] if arguments else "")
        return self._classic(form, service, start, end, arguments)

    def _bare(self, form: str, code: str, message: str) -> Answer:
        result = {"CODE": code, "MESSAGE": message}
        if form == "xml":
            return Answer(200, "application/xml", as_xml("RESULT", result).encode())
        return Answer(200, "application/json", json.dumps({"RESULT": result}, ensure_ascii=False).encode())

    def _classic(self, form: str, service: str, start: int, end: int, arguments: list[str]) -> Answer:
        rows = self.all_rows(service, arguments)
        fault = self.faults.get(service, "")
        found: Any = rows[start - 1 : end]
        if not found:
            return self._bare(form, "INFO-200", "해당하는 데이터가 없습니다.")
        if fault == "missing":
            keep = ("NM", "CD", "DT", "YMD", "DATE", "ID", "TM", "SE", "NAME", "TIME", "HR")
            found = [{k: v if any(w in k.upper() for w in keep) else "-" for k, v in row.items()} for row in found]
        if fault == "other-columns":
            found = [{f"{key}_2031": value for key, value in row.items()} for row in found]
        total = len(found) if service == "bikeList" else len(rows)
        root = "rentBikeStatus" if service == "bikeList" else service
        if fault == "single":
            found, total = found[0], 1
        value = {
            "list_total_count": total,
            "RESULT": {"CODE": "INFO-000", "MESSAGE": "정상 처리되었습니다"},
            "row": found,
        }
        if form == "xml":
            head = '<?xml version="1.0" encoding="UTF-8"?>'
            return Answer(200, "application/xml", (head + as_xml(root, value)).encode())
        return Answer(200, "application/json", json.dumps({root: value}, ensure_ascii=False).encode())

    def all_rows(self, service: str, arguments: list[str] | None = None) -> list[Row]:
        """All rows of a classic service in the columns of the generation."""
        if service in self.rows:
            return self.rows[service]
        arguments = arguments or []
        if service.startswith("SPOP"):
            return population_rows(service, arguments[0] if arguments else "", self)
        return CLASSIC[service](self)

    def _city_data(self, form: str, service: str, name: str) -> Answer:
        spot = next((s for s in spots() if s.name == name), None)
        if spot is None:
            return self._bare(form, "INFO-200", "해당하는 데이터가 없습니다.")
        index = spots().index(spot)
        people = people_row(index, self.now)
        result = {"RESULT.CODE": "INFO-000", "RESULT.MESSAGE": "정상 처리되었습니다."}
        if self.faults.get(service) == "other-columns":
            people = {f"{key}_2031": value for key, value in people.items()}
        if service == "citydata_ppltn":
            row = {"AREA_NM": name, "AREA_CD": f"POI{index + 1:03d}", **people}
            if form == "xml":
                body = as_xml("Map", {"SeoulRtd.citydata_ppltn": {"SeoulRtd.citydata_ppltn": row}, "RESULT": result})
                return Answer(200, "application/xml", body.encode())
            value: Row = {"SeoulRtd.citydata_ppltn": [row], "RESULT": result}
            return Answer(200, "application/json", json.dumps(value, ensure_ascii=False).encode())
        held = city_data(index, name, people, self.now, self.generation)
        if self.faults.get(service) == "other-columns":
            roads = held["ROAD_TRAFFIC_STTS"]
            roads["ROAD_TRAFFIC_STTS"] = [
                {f"{k}_2031": v for k, v in row.items()} for row in roads["ROAD_TRAFFIC_STTS"]
            ]
        if form == "xml":
            body = as_xml("SeoulRtd.citydata", {"list_total_count": 1, "RESULT": result, "CITYDATA": held})
            return Answer(200, "application/xml", body.encode())
        return Answer(
            200, "application/json", json.dumps({"CITYDATA": held, "RESULT": result}, ensure_ascii=False).encode()
        )

    # ------------------------------------------------------------------------------------------ swopenapi.seoul.go.kr

    def _subway(self, names: list[str]) -> Answer:
        key, _, service, *rest = names
        fault = self.faults.get("subway", "")
        if key not in (KEY, SAMPLE) or fault == "bad-key":
            return self._bare("xml", "INFO-100", "인증키가 유효하지 않습니다.")
        codes = {"quota": "ERROR-337", "server": "ERROR-500", "no-rows": "INFO-200"}
        if fault in codes or service != "realtimeStationArrival":
            return self._subway_error(codes.get(fault, "ERROR-310"))
        if rest == ["ALL"]:
            if not self.all_stations:
                return self._subway_error("ERROR-331")
            rows = train_rows(self.now)
        else:
            rows = [row for row in train_rows(self.now) if row["statnNm"].split("(")[0] == rest[-1]]
            if not rows:
                return self._subway_error("INFO-200")
        if fault == "other-columns":
            rows = [{f"{key}_2031": value for key, value in row.items()} for row in rows]
        rows = self.rows.get("subway", rows)
        message = {"status": 200, "code": "INFO-000", "message": "정상 처리되었습니다.", "total": len(rows)}
        value = {"errorMessage": message, "realtimeArrivalList": rows[0] if fault == "single" else rows}
        return Answer(200, "application/json", json.dumps(value, ensure_ascii=False).encode())

    def _subway_error(self, code: str) -> Answer:
        value = {"status": 500, "code": code, "message": "요청을 처리하지 못했습니다.", "total": 0}
        return Answer(200, "application/json", json.dumps(value, ensure_ascii=False).encode())

    # ------------------------------------------------------------------------------------------ data.go.kr and others

    def _gate(self, name: str, query: Mapping[str, str]) -> Answer | None:
        """The gateway's own errors, which are XML whatever was asked."""
        fault = self.faults.get(name, "")
        if fault == "text-error":
            return Answer(200, "text/plain", b"SERVICE KEY IS NOT REGISTERED ERROR.")
        reason = "30" if query.get("serviceKey") != KEY or fault == "bad-key" else "22" if fault == "quota" else ""
        if not reason:
            return None
        words = {"30": "SERVICE_KEY_IS_NOT_REGISTERED_ERROR", "22": "LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR"}
        held = {"errMsg": "SERVICE ERROR", "returnAuthMsg": words[reason], "returnReasonCode": reason}
        return Answer(200, "text/xml", as_xml("OpenAPI_ServiceResponse", {"cmmMsgHeader": held}).encode())

    def _items(self, name: str, rows: list[Row], *, nested: bool) -> Answer:
        fault = self.faults.get(name, "")
        codes = {"server": "01", "database": "02", "no-rows": "03", "no-service": "12"}
        code = codes.get(fault, "00" if rows else "03")
        if fault == "other-columns":
            rows = [{f"{key}_2031": value for key, value in row.items()} for row in rows]
        held: Any = rows[0] if fault == "single" else rows
        value: Row = {"header": {"resultCode": code, "resultMsg": "NORMAL_SERVICE" if code == "00" else "ERROR"}}
        if code == "00":
            value["body"] = {"items": {"item": held} if nested else held, "totalCount": len(rows), "pageNo": 1}
        return Answer(200, "application/json", json.dumps({"response": value}, ensure_ascii=False).encode())

    def _kma(self, query: Mapping[str, str]) -> Answer:
        gate = self._gate("kma", query)
        if gate is not None:
            return gate
        base = datetime.strptime(query["base_date"] + query["base_time"], "%Y%m%d%H%M").replace(tzinfo=KST)
        published = base + timedelta(minutes=40) <= self.now
        rows = weather_rows(int(query["nx"]), int(query["ny"]), base) if published else []
        return self._items("kma", self.rows.get("kma", rows), nested=True)

    def _airkorea(self, query: Mapping[str, str]) -> Answer:
        gate = self._gate("airkorea", query)
        return gate or self._items("airkorea", self.rows.get("airkorea", airkorea_rows(self.now)), nested=False)

    def _bus(self, query: Mapping[str, str]) -> Answer:
        fault = self.faults.get("bus", "")
        rows = self.rows.get("bus", bus_rows(query.get("arsId", "")))
        code, words = "0", "정상적으로 처리되었습니다."
        if query.get("serviceKey") != KEY or fault == "bad-key":
            code, words = "7", "Key인증실패: SERVICE KEY IS NOT REGISTERED ERROR.[인증모듈 에러코드(30)]"
        elif fault == "quota":
            code, words = "7", "Key인증실패: LIMITED NUMBER OF SERVICE REQUESTS EXCEEDS ERROR.[인증모듈 에러코드(22)]"
        elif fault == "server":
            code, words = "1", "시스템 오류가 발생하였습니다."
        elif fault == "no-rows" or not rows:
            code, words = "4", "결과가 없습니다."
        if fault == "other-columns":
            rows = [{f"{key}_2031": value for key, value in row.items()} for row in rows]
        held: Any = (rows[0] if fault == "single" else rows) if code == "0" else None
        value: Row = {"comMsgHeader": {}, "msgHeader": {"headerCd": code, "headerMsg": words, "itemCount": 0},
                      "msgBody": {"itemList": held}}  # fmt: skip
        if query.get("resultType") != "json":
            return Answer(200, "application/xml", as_xml("ServiceResult", value).encode())
        return Answer(200, "application/json", json.dumps(value, ensure_ascii=False).encode())

    def _disaster(self, query: Mapping[str, str]) -> Answer:
        gate = self._gate("disaster", query)
        if gate is not None:
            return gate
        fault = self.faults.get("disaster", "")
        codes = {"server": "01", "no-rows": "03"}
        size, number = int(query["numOfRows"]), int(query["pageNo"])
        rows = self.rows.get("disaster", message_rows(self.now))[(number - 1) * size : number * size]
        if fault == "other-columns":
            rows = [{f"{key}_2031": value for key, value in row.items()} for row in rows]
        code = codes.get(fault, "00")
        value: Row = {"header": {"resultCode": code, "resultMsg": "NORMAL SERVICE", "errorMsg": None},
                      "numOfRows": size, "pageNo": number, "totalCount": len(rows),
                      "body": (rows[0] if fault == "single" else rows) if code == "00" else None}  # fmt: skip
        return Answer(200, "application/json", json.dumps(value, ensure_ascii=False).encode())

    # ------------------------------------------------------------------------------------------ the server

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[str]:
        """A server on a free loopback port: its address, without a slash at the end."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.close()
            await server.wait_closed()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request a connection."""
        try:
            line = (await reader.readline()).decode("latin-1").split()
            while (await reader.readline()).strip():
                pass
            answer = self.answer(line[1])
            if any(f == "hang" for name, f in self.faults.items() if name in line[1]):
                await reader.read()
                return
            head = (
                f"HTTP/1.1 {answer.status} X\r\nContent-Type: {answer.kind}\r\nContent-Length: {len(answer.body)}\r\n"
            )
            writer.write(head.encode() + b"Connection: close\r\n\r\n" + answer.body)
            await writer.drain()
        except (ConnectionError, IndexError):
            return
        finally:
            writer.close()


# ---------------------------------------------------------------------------------------------- rows


def renamed(rows: list[Row], names: Mapping[str, str], old: bool) -> list[Row]:
    """Rows in the older columns, if those are wanted: new name -> old name."""
    return [{names.get(key, key): value for key, value in row.items()} for row in rows] if old else rows


def _hour(now: datetime) -> datetime:
    return now.astimezone(KST).replace(minute=0, second=0, microsecond=0)


def air_rows(up: Upstream) -> list[Row]:
    """One row a district: PM 20 + i, and so on; 중구 is being repaired ("-"), and its index is -99."""
    rows = []
    for i, d in enumerate(DISTRICTS):
        off = d.ko == "중구"
        rows.append(
            {
                "MSRMT_DT": f"{_hour(up.now):%Y%m%d%H%M}", "SAREA_NM": "도심권", "MSRSTN_NM": d.ko,
                "PM": "-" if off else float(20 + i), "FPM": "" if off else float(10 + i), "OZON": None if off else 0.03,
                "NTDX": "점검중" if off else f"{0.02 + i / 1000:.3f}", "CBMX": 0.5, "SPDX": 0.003, "CAI_GRD": "보통",
                "CAI_IDX": "-99" if off else float(60 + i), "CRST_SBSTN": "PM-2.5",
            }
        )  # fmt: skip
    names = {"MSRMT_DT": "MSRDT", "SAREA_NM": "MSRRGN_NM", "MSRSTN_NM": "MSRSTE_NM", "PM": "PM10", "FPM": "PM25",
             "OZON": "O3", "NTDX": "NO2", "CBMX": "CO", "SPDX": "SO2", "CAI_GRD": "IDEX_NM", "CAI_IDX": "IDEX_MVL",
             "CRST_SBSTN": "ARPLT_MAIN"}  # fmt: skip
    return renamed(rows, names, up.generation == "old")


def district_air_rows(up: Upstream) -> list[Row]:
    """The same figures, ten higher, so that a test sees which service was read."""
    rows = [
        {
            "MSRMT_YMD": f"{_hour(up.now):%Y%m%d%H%M}", "MSRSTN_PBADMS_CD": str(111000 + i), "MSRSTN_NM": d.ko,
            "CAI": str(70 + i), "CAI_GRD": "보통", "CRST_SBSTN": "PM-2.5", "NTDX": "0.030", "OZON": "0.040",
            "CBMX": "0.6", "SPDX": "0.004", "PM": str(30 + i), "FPM": str(20 + i),
        }
        for i, d in enumerate(DISTRICTS)
    ]  # fmt: skip
    names = {"MSRMT_YMD": "MSRDATE", "MSRSTN_PBADMS_CD": "MSRADMCODE", "MSRSTN_NM": "MSRSTENAME", "CAI": "MAXINDEX",
             "CAI_GRD": "GRADE", "CRST_SBSTN": "POLLUTANT", "NTDX": "NITROGEN", "OZON": "OZONE", "CBMX": "CARBON",
             "SPDX": "SULFUROUS", "PM": "PM10", "FPM": "PM25"}  # fmt: skip
    return renamed(rows, names, up.generation == "old")


def river_rows(up: Upstream) -> list[Row]:
    """Four gauges: at rest, over its control level, over its flood level, and silent since yesterday."""
    at = up.now.astimezone(KST)
    late = at - timedelta(days=1)
    gauges = (("중랑교", "중랑천", "동대문구", "10.42", at), ("오금교", "안양천", "구로구", "12.10", at),
              ("새다리", "홍제천", "서대문구", "15.55", at), ("대치교", "양재천", "강남구", "9.00", late))  # fmt: skip
    rows = [
        {
            "WATG_CD": str(1001 + i), "WATG_NM": name, "RVR_NM": f"{river} ", "STDG_SGG_CD": "11", "GU_OFC_NM": gu,
            "DTRSM_DATA_CLCT_TM": f"{when:%Y-%m-%d %H:%M}", "RCPTN_SRVR_STRG_TM": f"{when:%Y-%m-%d %H:%M}",
            "RLTM_RVR_WATL_CNT": level, "EBM_HGT": "18.00", "PLAN_FLDE": "15.00", "RBH": "8.10",
            "CNTRL_WATL": "12.00" if name != "중랑교" else "0",
        }
        for i, (name, river, gu, level, when) in enumerate(gauges)
    ]  # fmt: skip
    names = {"WATG_CD": "RIVERGAUGE_CODE", "WATG_NM": "RIVERGAUGE_NAME", "RVR_NM": "RIVER_NAME",
             "GU_OFC_NM": "GU_NAME", "DTRSM_DATA_CLCT_TM": "TRANSFER_TIME", "RCPTN_SRVR_STRG_TM": "STORED_TIME",
             "RLTM_RVR_WATL_CNT": "CURRENT_LEVEL", "EBM_HGT": "LEVEE_LEVEL", "PLAN_FLDE": "PLANFLOOD_LEVEL",
             "RBH": "UNDERWATER_LEVEL", "CNTRL_WATL": "CONTROL_LEVEL"}  # fmt: skip
    return renamed(rows, names, up.generation == "old")


def water_rows(up: Upstream) -> list[Row]:
    """Two sites, two hours each, newest first; a hundred rows of history in all."""
    rows: list[Row] = []
    for back in range(50):
        at = _hour(up.now) - timedelta(hours=back)
        for i, site in enumerate(("노량진", "선유")):
            rows.append({"YMD": f"{at:%Y%m%d}", "HR": f"{at:%H}:00", "MSRSTN_NM": site,
                         "WATT": f"{9.5 + i - back / 10:.1f}", "PH": "7.4",
                         "DO": "점검중" if i else "10.9"})  # fmt: skip
    names = {"YMD": "MSR_DATE", "HR": "MSR_TIME", "MSRSTN_NM": "SITE_ID", "WATT": "W_TEMP", "PH": "W_PH", "DO": "W_DO"}
    return renamed(rows, names, up.generation == "old")


_LOTS = (("1001", "세종로 공영주차장", 100, 40, 126.9756, 37.5730),
         ("1002", "종묘 공영주차장", 200, 200, 126.9944, 37.5720),
         ("1003", "천호역 공영주차장", 50, 45, 127.1236, 37.5384),
         ("1004", "오래된 주차장", 80, 10, 127.0, 37.5),
         ("1005", "연계 안 된 주차장", 60, 0, 127.05, 37.55))  # fmt: skip


def parking_rows(up: Upstream) -> list[Row]:
    """Five car parks: free, full, nearly full, one whose figure is of last year, one that is not linked."""
    at = up.now.astimezone(KST)
    rows: list[Row] = []
    for code, name, capacity, parked, _, _ in _LOTS:
        when = at - timedelta(days=300) if code == "1004" else at
        rows.append({"PKLT_CD": code, "PKLT_NM": name, "ADDR": "서울", "PRK_STTS_YN": "0" if code == "1005" else "1",
                     "PRK_STTS_NM": "", "TPKCT": float(capacity), "NOW_PRK_VHCL_CNT": float(parked),
                     "NOW_PRK_VHCL_UPDT_TM": f"{when:%Y-%m-%d %H:%M:%S}"})  # fmt: skip
    names = {"PKLT_CD": "PARKING_CODE", "PKLT_NM": "PARKING_NAME", "PRK_STTS_YN": "QUE_STATUS", "TPKCT": "CAPACITY",
             "NOW_PRK_VHCL_CNT": "CUR_PARKING", "NOW_PRK_VHCL_UPDT_TM": "CUR_PARKING_TIME"}  # fmt: skip
    return renamed(rows, names, up.generation == "old")


def park_rows(up: Upstream) -> list[Row]:
    """Where they are, two rows each, many others behind them; the second car park's coordinates are swapped."""
    rows: list[Row] = []
    for code, name, capacity, _, lon, lat in [
        *_LOTS,
        *((f"9{i:03d}", f"공영 {i}", 10, 0, 0.0, 0.0) for i in range(up.lots)),
    ]:
        x, y = (lat, lon) if code == "1002" else (lon, lat)
        row = {"PKLT_CD": code, "PKLT_NM": name, "TPKCT": capacity, "PRK_CRG": "", "LAT": y or "", "LOT": x or ""}
        rows += [row, row] if lon else [row]
    names = {"PKLT_CD": "PARKING_CODE", "PKLT_NM": "PARKING_NAME", "TPKCT": "CAPACITY", "LOT": "LNG"}
    return renamed(rows, names, up.generation == "old")


def bike_rows(up: Upstream) -> list[Row]:
    """Stations around the districts' middles: i % 7 bicycles each; the first is off the map, every tenth is empty."""
    rows: list[Row] = []
    for i in range(up.bikes):
        d = DISTRICTS[i % len(DISTRICTS)]
        lon, lat = (0, 0) if i == 0 else (d.lon, d.lat)
        rows.append({"rackTotCnt": "20", "stationName": f"{i + 101}. {d.ko} {i}번", "parkingBikeTotCnt": str(i % 7),
                     "shared": str(5 * (i % 7)), "stationLatitude": f"{lat}", "stationLongitude": f"{lon}",
                     "stationId": f"ST-{i + 4}"})  # fmt: skip
    return rows


def population_rows(service: str, day: str, up: Upstream) -> list[Row]:
    """24 hours of 25 districts of a day that is five days old or older; newer days are not there yet."""
    newest = up.now.astimezone(KST).date() - timedelta(days=5)
    if len(day) != 8 or datetime.strptime(day, "%Y%m%d").date() > newest:
        return []
    base = {"SPOP_LOCAL_RESD_JACHI": 300_000, "SPOP_FORN_LONG_RESD_JACHI": 9_000, "SPOP_FORN_TEMP_RESD_JACHI": 1_000}
    rows = [
        {"YMD": day, "TT": f"{hour:02d}", "H_DNG_CD": code, "SPOP": f"{base[service] + 100 * hour + i}.5"}
        for hour in range(24)
        for i, code in enumerate(DISTRICT_OF)
    ]
    names = {"YMD": "STDR_DE_ID", "TT": "TMZON_PD_SE", "H_DNG_CD": "ADSTRD_CODE_SE", "SPOP": "TOT_LVPOP_CO"}
    return renamed(rows, names, up.generation == "old")


def price_rows(up: Upstream) -> list[Row]:
    """Three items in two weeks, newest first, in units that differ; a price of 0 is not sold."""
    today = up.now.astimezone(KST).replace(hour=0, minute=0, second=0, microsecond=0)
    rows: list[Row] = []
    for back, add in ((1, 0), (4, 100), (8, -200)):
        day = today - timedelta(days=back)
        for i, (item, unit, price) in enumerate(
            (("쌀", "20kg", 57000), ("배추", "1포기", 4000), ("사과", "1개", 2500))
        ):
            for shop in range(4):
                other = shop == 3 and item == "사과"
                rows.append(
                    {
                        "P_SEQ": len(rows), "M_SEQ": shop, "M_NAME": f"시장 {shop}", "A_SEQ": i, "A_NAME": item,
                        "A_UNIT": "5개" if other else unit,
                        "A_PRICE": "0" if shop == 2 else str(12000 if other else price + add),
                        "P_YEAR_MONTH": f"{day:%Y-%m}", "P_DATE": f"{day:%Y-%m-%d}", "ADD_COL": "",
                        "M_TYPE_CODE": "001", "M_TYPE_NAME": "전통시장", "M_GU_CODE": "110000", "M_GU_NAME": "종로구",
                    }
                )  # fmt: skip
    return rows


def culture_rows(up: Upstream) -> list[Row]:
    """Running, coming, over, and far ahead; coordinates swapped as in the older rows."""
    today = up.now.astimezone(KST).replace(hour=0, minute=0, second=0, microsecond=0)
    plan = (("한강 음악회", -2, 3), ("가을 전시", 5, 20), ("끝난 축제", -30, -10), ("내년 공연", 90, 95))
    return [
        {
            "CODENAME": "콘서트", "GUNAME": "중구", "TITLE": title,
            "DATE": f"{today + timedelta(days=a):%Y-%m-%d}~{today + timedelta(days=b):%Y-%m-%d}", "PLACE": "서울광장",
            "ORG_NAME": "서울특별시", "USE_TRGT": "누구나", "USE_FEE": "", "IS_FREE": "무료", "MAIN_IMG": "",
            "STRTDATE": f"{today + timedelta(days=a):%Y-%m-%d} 00:00:00.0",
            "END_DATE": f"{today + timedelta(days=b):%Y-%m-%d} 00:00:00.0", "LOT": "37.5665", "LAT": "126.9780",
        }
        for title, a, b in plan
    ]  # fmt: skip


def incident_rows(up: Upstream) -> list[Row]:
    """An accident on the city hall's square that goes on, works that are over, one without a place."""
    at = up.now.astimezone(KST)
    east, north = KOREA_CENTRAL.metres(126.9780, 37.5665)
    plan = (("1", -20, 40, "세종대로 서울광장 1차로 통제", east, north),
            ("2", -300, -10, "한강대로 6차로 시설물보수", east + 500, north - 3000),
            ("3", -60, 600, "시내 마라톤 행사로 통제", 0.0, 0.0))  # fmt: skip
    return [
        {
            "acc_id": key, "occr_date": f"{at + timedelta(minutes=a):%Y%m%d}",
            "occr_time": f"{at + timedelta(minutes=a):%H%M%S}".lstrip("0") or "0",
            "exp_clr_date": f"{at + timedelta(minutes=b):%Y%m%d}",
            "exp_clr_time": f"{at + timedelta(minutes=b):%H%M%S}",
            "acc_type": {"1": "A01", "2": "A04"}.get(key, "A99"),
            "acc_dtype": "01B01", "link_id": "1220003800", "grs80tm_x": f"{x}", "grs80tm_y": f"{y}",
            "acc_info": text, "acc_road_code": "",
        }
        for key, a, b, text, x, y in plan
    ]  # fmt: skip


def kind_rows(up: Upstream) -> list[Row]:
    """What the kinds of closures are called."""
    return [{"acc_type": "A01", "acc_type_nm": "교통사고"}, {"acc_type": "A04", "acc_type_nm": "공사"}]


CLASSIC: dict[str, Callable[[Upstream], list[Row]]] = {
    "RealtimeCityAir": air_rows,
    "ListAirQualityByDistrictService": district_air_rows,
    "ListRiverStageService": river_rows,
    "WPOSInformationTime": water_rows,
    "GetParkingInfo": parking_rows,
    "GetParkInfo": park_rows,
    "bikeList": bike_rows,
    "ListNecessariesPricesService": price_rows,
    "culturalEventInfo": culture_rows,
    "AccInfo": incident_rows,
    "AccMainCode": kind_rows,
}


def people_row(index: int, now: datetime) -> Row:
    """Between 1,000 i and 1,000 i + 500 people; every fourth place is packed."""
    level = ("여유", "보통", "약간 붐빔", "붐빔")[index % 4]
    return {
        "AREA_CONGEST_LVL": level, "AREA_CONGEST_MSG": "천천히 다녀 주세요.", "AREA_PPLTN_MIN": str(1000 * index),
        "AREA_PPLTN_MAX": str(1000 * index + 500), "MALE_PPLTN_RATE": "48.1", "FEMALE_PPLTN_RATE": "51.9",
        "REPLACE_YN": "N", "PPLTN_TIME": f"{now.astimezone(KST) - timedelta(minutes=10):%Y-%m-%d %H:%M}",
        "FCST_YN": "N", "FCST_PPLTN": "",
    }  # fmt: skip


def city_data(index: int, name: str, people: Row, now: datetime, generation: str) -> Row:
    """A place's sections, in the forms that they have: list, object, empty text."""
    local = now.astimezone(KST)
    spot = spots()[index]
    points = [(spot.lon + step / 250, spot.lat) for step in range(3)]
    road = [
        {"LINK_ID": f"{index:04d}{i}", "ROAD_NM": f"{name} 앞길", "START_ND_CD": "1", "SPD": str(20 + 10 * i),
         "IDX": ("정체", "원활")[i], "DIST": "350",
         "XYLIST": "|".join(f"{x:.6f}_{y:.6f}" for x, y in (points[i], points[i + 1]))}
        for i in range(2)
    ]  # fmt: skip
    time = "ROAD_TRAFFIC_TIME" if generation == "new" else "ROAD_TRFFIC_TIME"
    mean = {"ROAD_TRAFFIC_IDX": "서행", "ROAD_TRAFFIC_SPD": 25, "ROAD_MSG": "", time: f"{local:%Y-%m-%d %H:%M}"}
    closure = {"ACDNT_OCCR_DT": f"{local - timedelta(minutes=5):%Y-%m-%d %H:%M}",
               "EXP_CLR_DT": f"{local + timedelta(hours=2):%Y-%m-%d %H:%M}", "ACDNT_TYPE": "교통사고",
               "ACDNT_DTYPE": "추돌", "ACDNT_INFO": f"{name} 앞 2차로 통제", "ACDNT_X": f"{spot.lon}",
               "ACDNT_Y": f"{spot.lat}"}  # fmt: skip
    message = {"DST_SE_NM": "호우", "EMRG_STEP_NM": "긴급재난", "MSG_CN": f"하천에서 나와 주십시오. 문의 {index % 2}",
               "CRT_DT": f"{local - timedelta(minutes=30):%Y-%m-%d %H:%M:%S}"}  # fmt: skip
    return {
        "AREA_NM": name, "AREA_CD": f"POI{index + 1:03d}",
        "LIVE_PPLTN_STTS": [people],
        "ROAD_TRAFFIC_STTS": {"AVG_ROAD_DATA": [mean] if index % 2 else mean, "ROAD_TRAFFIC_STTS": road},
        "PRK_STTS": "", "SUB_STTS": "", "BUS_STN_STTS": "", "SBIKE_STTS": "", "EVENT_STTS": "",
        "ACDNT_CNTRL_STTS": closure,
        "WEATHER_STTS": [{"TEMP": "11.2", "PRECIPITATION": "-"}],
        "LIVE_DST_MESSAGE": message if index % 2 else [message],
    }  # fmt: skip


def train_rows(now: datetime) -> list[Row]:
    """Reports of a minute ago: in 4 minutes, arriving, far away; and one station that nobody watches."""
    at = f"{now.astimezone(KST) - timedelta(seconds=60):%Y-%m-%d %H:%M:%S}"
    plan = (("1002", "내선", "성수행 - 역삼방면", "강남", "240", "99", "4분 0초 후", "0"),
            ("1002", "내선", "성수행 - 역삼방면", "강남", "600", "99", "10분 후", "0"),
            ("1002", "외선", "서울대입구행 - 교대방면", "강남", "0", "0", "강남 진입", "1"),
            ("1001", "하행", "인천행 - 남영방면", "서울", "0", "99", "[3]번째 전역 (종로3가)", "0"),
            ("1005", "상행", "방화행 - 서대문방면", "광화문(세종문화회관)", "30", "3", "전역 출발", "0"),
            ("1003", "상행", "대화행 - 신사방면", "압구정", "120", "99", "2분 후", "0"),
            ("1999", "상행", "모르는 노선", "강남", "120", "99", "2분 후", "0"))  # fmt: skip
    return [
        {"subwayId": line, "updnLine": way, "trainLineNm": heading, "statnNm": name, "barvlDt": seconds,
         "btrainNo": str(2000 + i), "recptnDt": at, "arvlMsg2": message, "arvlMsg3": name, "arvlCd": code,
         "lstcarAt": last}
        for i, (line, way, heading, name, seconds, code, message, last) in enumerate(plan)
    ]  # fmt: skip


def bus_rows(number: str) -> list[Row]:
    """Three routes of a stop: in 3 and 13 minutes, about to arrive, over for the day."""
    return [
        {"rtNm": "150", "busRouteId": "100100033", "stNm": "정류소", "arsId": number, "arrmsg1": "3분20초후[2번째 전]",
         "arrmsg2": "13분후[8번째 전]", "traTime1": "200", "traTime2": "800", "isLast1": "0", "busType1": "1",
         "congestion1": "5", "adirection": "강남"},
        {"rtNm": "402", "busRouteId": "100100063", "stNm": "정류소", "arsId": number, "arrmsg1": "곧 도착",
         "arrmsg2": "출발대기", "traTime1": "20", "traTime2": "0", "isLast1": "0", "busType1": "1", "congestion1": "0",
         "adirection": "시청"},
        {"rtNm": "N15", "busRouteId": "100100600", "stNm": "정류소", "arsId": number, "arrmsg1": "운행종료",
         "arrmsg2": "운행종료", "traTime1": "0", "traTime2": "0", "isLast1": "0", "busType1": "0", "congestion1": "0",
         "adirection": "사당"},
    ]  # fmt: skip


def weather_rows(nx: int, ny: int, base: datetime) -> list[Row]:
    """Eight categories of a cell; the temperature is nx - 50 + 0.5. The cell of 강남 misses its humidity (-998)."""
    gangnam = weather_cell(127.063, 37.496)
    values = {"T1H": f"{nx - 50}.5", "RN1": "1.5" if ny % 2 else "0", "REH": "-998" if (nx, ny) == gangnam else "55",
              "PTY": "0", "VEC": "270", "WSD": "2.4", "UUU": "1", "VVV": "1"}  # fmt: skip
    return [
        {"baseDate": f"{base:%Y%m%d}", "baseTime": f"{base:%H%M}", "category": name, "nx": nx, "ny": ny,
         "obsrValue": value}
        for name, value in values.items()
    ]  # fmt: skip


def airkorea_rows(now: datetime) -> list[Row]:
    """The districts and one roadside station; midnight is written as hour 24 of the day before; 종로구 has no PM10."""
    hour = _hour(now)
    text = f"{hour - timedelta(days=1):%Y-%m-%d} 24:00" if hour.hour == 0 else f"{hour:%Y-%m-%d %H:%M}"
    return [
        {"stationName": name, "sidoName": "서울", "dataTime": text,
         "pm10Value": "-" if name == "종로구" else str(40 + i),
         "pm25Value": str(20 + i), "o3Value": "0.031", "no2Value": "0.02", "coValue": "0.4", "so2Value": "0.003",
         "khaiValue": str(70 + i), "khaiGrade": "2", "pm10Grade": "2", "pm10Flag": None}
        for i, name in enumerate([*(d.ko for d in DISTRICTS), "청계천로"])
    ]  # fmt: skip


def message_rows(now: datetime) -> list[Row]:
    """Every step, one to several districts, one to another province, one of last week, one that lifts another."""
    at = now.astimezone(KST)
    plan = ((1, 10, "위급재난", "지진", "서울특별시 전체", "강한 흔들림에 대비해 몸을 보호하십시오."),
            (2, 20, "긴급재난", "호우", "서울특별시 종로구 ,서울특별시 중구", "하천이 통제되었습니다. 우회하십시오."),
            (3, 90, "안전안내", "기타", "서울특별시 강남구", "실종자를 찾습니다."),
            (4, 30, "긴급재난", "화재", "부산광역시 해운대구", "창문을 닫아 주십시오."),
            (5, 60 * 24 * 7, "안전안내", "폭염", "서울특별시 중구", "지난주의 안내입니다."),
            (6, 15, "긴급재난", "호우", "서울특별시 노원구", "호우경보가 해제되었습니다."))  # fmt: skip
    return [
        {"SN": number, "CRT_DT": f"{at - timedelta(minutes=back):%Y/%m/%d %H:%M:%S}", "MSG_CN": text,
         "RCPTN_RGN_NM": areas, "EMRG_STEP_NM": step, "DST_SE_NM": kind, "REG_YMD": f"{at:%Y-%m-%d}",
         "MDFCN_YMD": f"{at:%Y-%m-%d}"}
        for number, back, step, kind, areas, text in plan
    ]  # fmt: skip
