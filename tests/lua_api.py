"""REAPER's functions that our Lua scripts use, as Cockos' header declares them, and what Lua makes of a declaration.

Quoted from reaper-sdk, sdk/reaper_plugin_functions.h. Lua's shape follows from the parameters' names: one with ``Out``
is returned and not given, one with ``Need``, or with a size of its own, is both, and a size (``_sz``) is neither
(ReaScript's documentation is made from the header in that way).
"""

from dataclasses import dataclass

HEADER = """
bool file_exists(const char* path)
const char* EnumerateFiles(const char* path, int fileindex)
const char* EnumerateSubdirectories(const char* path, int subdirindex)
const char* ExecProcess(const char* cmdline, int timeoutmsec)
const char* GetExtState(const char* section, const char* key)
const char* GetOS()
const char* GetResourcePath()
const char* Undo_CanRedo2(ReaProject* proj)
const char* Undo_CanUndo2(ReaProject* proj)
bool GetAudioDeviceInfo(const char* attribute, char* descOut, int descOut_sz)
bool GetEnvelopeName(TrackEnvelope* env, char* bufOut, int bufOut_sz)
bool GetSetEnvelopeInfo_String(TrackEnvelope* env, const char* parmname, char* stringNeedBig, bool setNewValue)
bool GetSetMediaTrackInfo_String(MediaTrack* tr, const char* parmname, char* stringNeedBig, bool setNewValue)
bool GetSetProjectInfo_String(ReaProject* project, const char* desc, char* valuestrNeedBig, bool is_set)
bool GetTrackName(MediaTrack* track, char* bufOut, int bufOut_sz)
bool GetTrackStateChunk(MediaTrack* track, char* strNeedBig, int strNeedBig_sz, bool isundoOptional)
bool GetUserFileNameForRead(char* filenameNeed4096, const char* title, const char* defext)
bool GetUserInputs(const char* title, int num_inputs, const char* captions_csv, char* retvals_csv, int retvals_csv_sz)
bool MIDI_GetNote(MediaItem_Take* take, int noteidx, bool* selectedOut, bool* mutedOut, double* startppqposOut, \
double* endppqposOut, int* chanOut, int* pitchOut, int* velOut)
bool MIDI_InsertNote(MediaItem_Take* take, bool selected, bool muted, double startppqpos, double endppqpos, \
int chan, int pitch, int vel, const bool* noSortInOptional)
bool SetMediaTrackInfo_Value(MediaTrack* tr, const char* parmname, double newvalue)
bool SetToggleCommandState(int section_id, int command_id, int state)
bool TakeIsMIDI(MediaItem_Take* take)
bool TrackFX_Delete(MediaTrack* track, int fx)
bool TrackFX_GetEQBandEnabled(MediaTrack* track, int fxidx, int bandtype, int bandidx)
bool TrackFX_GetEQParam(MediaTrack* track, int fxidx, int paramidx, int* bandtypeOut, int* bandidxOut, \
int* paramtypeOut, double* normvalOut)
bool TrackFX_GetEnabled(MediaTrack* track, int fx)
bool TrackFX_GetFXName(MediaTrack* track, int fx, char* bufOut, int bufOut_sz)
bool TrackFX_GetFormattedParamValue(MediaTrack* track, int fx, int param, char* bufOut, int bufOut_sz)
bool TrackFX_GetNamedConfigParm(MediaTrack* track, int fx, const char* parmname, char* bufOutNeedBig, \
int bufOutNeedBig_sz)
bool TrackFX_GetOffline(MediaTrack* track, int fx)
bool TrackFX_SetEQBandEnabled(MediaTrack* track, int fxidx, int bandtype, int bandidx, bool enable)
bool TrackFX_SetEQParam(MediaTrack* track, int fxidx, int bandtype, int bandidx, int paramtype, double val, bool isnorm)
bool TrackFX_SetNamedConfigParm(MediaTrack* track, int fx, const char* parmname, const char* value)
bool ValidatePtr2(ReaProject* proj, void* pointer, const char* ctypename)
double GetCursorPositionEx(ReaProject* proj)
double GetMediaItemInfo_Value(MediaItem* item, const char* parmname)
double GetMediaItemTakeInfo_Value(MediaItem_Take* take, const char* parmname)
double GetMediaSourceLength(PCM_source* source, bool* lengthIsQNOut)
double GetMediaTrackInfo_Value(MediaTrack* tr, const char* parmname)
double GetPlayPositionEx(ReaProject* proj)
double GetProjectLength(ReaProject* proj)
double GetSetProjectInfo(ReaProject* project, const char* desc, double value, bool is_set)
double GetTrackSendInfo_Value(MediaTrack* tr, int category, int sendidx, const char* parmname)
double Master_GetTempo()
double MIDI_GetPPQPosFromProjTime(MediaItem_Take* take, double projtime)
double MIDI_GetProjTimeFromPPQPos(MediaItem_Take* take, double ppqpos)
double time_precise()
double Track_GetPeakInfo(MediaTrack* track, int channel)
AudioAccessor* CreateTrackAudioAccessor(MediaTrack* track)
GUID* TrackFX_GetFXGUID(MediaTrack* track, int fx)
MediaItem* CreateNewMIDIItemInProj(MediaTrack* track, double starttime, double endtime, const bool* qnInOptional)
MediaItem* GetTrackMediaItem(MediaTrack* tr, int itemidx)
MediaItem_Take* GetActiveTake(MediaItem* item)
MediaTrack* GetMasterTrack(ReaProject* proj)
MediaTrack* GetSelectedTrack(ReaProject* proj, int seltrackidx)
MediaTrack* GetTrack(ReaProject* proj, int trackidx)
PCM_source* GetMediaItemTake_Source(MediaItem_Take* take)
PCM_source* GetMediaSourceParent(PCM_source* src)
ReaProject* EnumProjects(int idx, char* projfnOutOptional, int projfnOutOptional_sz)
TrackEnvelope* GetTrackEnvelope(MediaTrack* track, int envidx)
int CountEnvelopePoints(TrackEnvelope* envelope)
int CountSelectedTracks(ReaProject* proj)
int CountTakeEnvelopes(MediaItem_Take* take)
int CountTempoTimeSigMarkers(ReaProject* proj)
int CountTrackEnvelopes(MediaTrack* track)
int CountTrackMediaItems(MediaTrack* track)
int CountTracks(ReaProject* projOptional)
int GetAudioAccessorSamples(AudioAccessor* accessor, int samplerate, int numchannels, double starttime_sec, \
int numsamplesperchannel, double* samplebuffer)
int GetPlayStateEx(ReaProject* proj)
int GetProjExtState(ReaProject* proj, const char* extname, const char* key, char* valOutNeedBig, int valOutNeedBig_sz)
int GetProjectStateChangeCount(ReaProject* proj)
int GetTakeNumStretchMarkers(MediaItem_Take* take)
int GetThemeColor(const char* ini_key, int flagsOptional)
int GetTrackNumSends(MediaTrack* tr, int category)
int MIDI_CountEvts(MediaItem_Take* take, int* notecntOut, int* ccevtcntOut, int* textsyxevtcntOut)
int RecursiveCreateDirectory(const char* path, size_t ignored)
int SetProjExtState(ReaProject* proj, const char* extname, const char* key, const char* value)
int ShowMessageBox(const char* msg, const char* title, int type)
int TakeFX_GetCount(MediaItem_Take* take)
int TrackFX_AddByName(MediaTrack* track, const char* fxname, bool recFX, int instantiate)
int TrackFX_GetCount(MediaTrack* track)
int TrackFX_GetNumParams(MediaTrack* track, int fx)
int Undo_DoUndo2(ReaProject* proj)
void DeleteTrack(MediaTrack* tr)
void DestroyAudioAccessor(AudioAccessor* accessor)
void GetMediaSourceFileName(PCM_source* source, char* filenamebufOut, int filenamebufOut_sz)
void GetMediaSourceType(PCM_source* source, char* typebufOut, int typebufOut_sz)
void GetProjectName(ReaProject* proj, char* bufOut, int bufOut_sz)
void GetProjectTimeSignature2(ReaProject* proj, double* bpmOut, double* bpiOut)
void InsertTrackAtIndex(int idx, bool wantDefaults)
void MIDI_Sort(MediaItem_Take* take)
void OnPauseButtonEx(ReaProject* proj)
void OnPlayButtonEx(ReaProject* proj)
void OnStopButtonEx(ReaProject* proj)
void Main_OnCommand(int command, int flag)
void RefreshToolbar2(int section_id, int command_id)
void SetCurrentBPM(ReaProject* __proj, double bpm, bool wantUndo)
void SetEditCurPos2(ReaProject* proj, double time, bool moveview, bool seekplay)
void SetExtState(const char* section, const char* key, const char* value, bool persist)
void ShowConsoleMsg(const char* msg)
void TrackFX_SetEnabled(MediaTrack* track, int fx, bool enabled)
void Undo_BeginBlock2(ReaProject* proj)
void Undo_EndBlock2(ReaProject* proj, const char* descchange, int extraflags)
void UpdateArrange()
"""
"""Held line by line, on 2026-11-24, against sdk/reaper_plugin_functions.h ("Generated by REAPER v7.42") of
justinfrankel/reaper-sdk at commit cde283eea2d82e19e473062649a95dc0e799fe37: what is added here is to be found there."""
LUA_ONLY = frozenset({"atexit", "defer", "get_action_context", "new_array"})
"""Built into REAPER's Lua (reaper.com's ReaScript documentation), not in the header."""
EXTENSIONS = frozenset({"ImGui_GetBuiltinPath", "osara_outputMessage", "set_action_options"})
"""What may be missing: ReaImGui's (tests/lua_imgui_api.py) and OSARA's (its readme) functions, one of REAPER 7.03."""
TEXT_BYTES = 4_000_000


@dataclass(frozen=True)
class Parameter:
    kind: str
    name: str
    sized: bool

    @property
    def is_size(self):
        return self.name.endswith("_sz")

    @property
    def is_out(self):
        return "Out" in self.name

    @property
    def is_both(self):
        return not self.is_out and ("Need" in self.name or self.sized)

    @property
    def given(self):
        return not self.is_size and not self.is_out

    @property
    def returned(self):
        return (self.is_out and not self.is_size) or self.is_both

    @property
    def blank(self):
        """What stands in for a parameter that Lua does not give."""
        return {"int": TEXT_BYTES, "char*": "", "double*": 0.0}.get(self.kind, 0)


@dataclass(frozen=True)
class Prototype:
    name: str
    result: str
    parameters: tuple[Parameter, ...]

    @classmethod
    def of(cls, line):
        head, _, tail = line.rstrip(")").partition("(")
        result, _, name = head.rpartition(" ")
        pairs = [one.strip().rpartition(" ")[::2] for one in tail.split(",") if one.strip()]
        names = {name for _, name in pairs}
        return cls(name, result, tuple(Parameter(kind, of, f"{of}_sz" in names) for kind, of in pairs))

    @property
    def given(self):
        return [parameter for parameter in self.parameters if parameter.given]


PROTOTYPES = {found.name: found for found in map(Prototype.of, HEADER.strip().splitlines())}
