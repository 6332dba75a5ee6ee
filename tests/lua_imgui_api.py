"""ReaImGui's functions that our panel uses, as ReaImGui's own source declares them.

Quoted from https://github.com/cfillion/reaimgui, api/*.cpp at 4b8a3ad (between 0.9.3 and 0.10), without the help texts.
The first word is the version of the API that brought it in this form. ``RO`` is optional and read, ``RW`` given and
returned, ``RWO`` the same and optional, ``W`` returned only: in Lua the results stand behind the function's own.
"""

import re
from dataclasses import dataclass

FUNCTIONS_SOURCE = """
API_FUNC(0_5, Context*, CreateContext, (const char*,label) (RO<int*>,config_flags,ImGuiConfigFlags_None)
API_FUNC(0_8, void, Attach, (Context*,ctx) (Resource*,obj)
API_FUNC(0_3, bool, ValidatePtr, (void*,pointer) (const char*,type)
API_FUNC(0_9, Font*, CreateFont, (const char*,family_or_file) (int,size) (RO<int*>,flags,ReaImGuiFontFlags_None)
API_FUNC(0_4, void, PushFont, (Context*,ctx) (Font*,font)
API_FUNC(0_4, void, PopFont, (Context*,ctx)
API_FUNC(0_1, double, GetFontSize, (Context*,ctx)
API_FUNC(0_1, void, SetNextWindowSize, (Context*,ctx) (double,size_w) (double,size_h) (RO<int*>,cond,ImGuiCond_Always)
API_FUNC(0_5, bool, Begin, (Context*,ctx) (const char*,name) (RWO<bool*>,p_open) (RO<int*>,flags,ImGuiWindowFlags_None)
API_FUNC(0_8, void, End, (Context*,ctx)
API_FUNC(0_1, bool, IsWindowFocused, (Context*,ctx) (RO<int*>,flags,ImGuiFocusedFlags_None)
API_FUNC(0_1, void, GetContentRegionAvail, (Context*,ctx) (W<double*>,x) (W<double*>,y)
API_FUNC(0_8_4, void, SeparatorText, (Context*,ctx) (const char*,label)
API_FUNC(0_1, void, SameLine, (Context*,ctx) (RO<double*>,offset_from_start_x,0.0) (RO<double*>,spacing,-1.0)
API_FUNC(0_1, void, NewLine, (Context*,ctx)
API_FUNC(0_1, void, Spacing, (Context*,ctx)
API_FUNC(0_1, double, GetCursorPosX, (Context*,ctx)
API_FUNC(0_1, void, SetCursorPosX, (Context*,ctx) (double,local_x)
API_FUNC(0_1, void, GetCursorScreenPos, (Context*,ctx) (W<double*>,x) (W<double*>,y)
API_FUNC(0_1, void, Dummy, (Context*,ctx) (double,size_w) (double,size_h)
API_FUNC(0_1, DrawListProxy*, GetWindowDrawList, (Context*,ctx)
API_FUNC(0_1, void, DrawList_AddRectFilled, (DrawListProxy*,draw_list) (double,p_min_x) (double,p_min_y) \
(double,p_max_x) (double,p_max_y) (int,col_rgba) (RO<double*>,rounding,0.0) (RO<int*>,flags,ImDrawFlags_None)
API_FUNC(0_1, void, Text, (Context*,ctx) (const char*,text)
API_FUNC(0_1, void, TextWrapped, (Context*,ctx) (const char*,text)
API_FUNC(0_1, void, CalcTextSize, (Context*,ctx) (const char*,text) (W<double*>,w) (W<double*>,h) \
(RO<bool*>,hide_text_after_double_hash,false) (RO<double*>,wrap_width,-1.0)
API_FUNC(0_1, void, PushStyleColor, (Context*,ctx) (int,idx) (int,col_rgba)
API_FUNC(0_1, void, PopStyleColor, (Context*,ctx) (RO<int*>,count,1)
API_FUNC(0_5_5, void, BeginDisabled, (Context*,ctx) (RO<bool*>,disabled,true)
API_FUNC(0_5_5, void, EndDisabled, (Context*,ctx)
API_FUNC(0_1, void, SetNextItemWidth, (Context*,ctx) (double,item_width)
API_FUNC(0_1, void, SetItemDefaultFocus, (Context*,ctx)
API_FUNC(0_1, void, SetKeyboardFocusHere, (Context*,ctx) (RO<int*>,offset,0)
API_FUNC(0_1, bool, IsItemFocused, (Context*,ctx)
API_FUNC(0_1, bool, IsAnyItemActive, (Context*,ctx)
API_FUNC(0_1, bool, IsAnyItemFocused, (Context*,ctx)
API_FUNC(0_9, void, SetItemTooltip, (Context*,ctx) (const char*,text)
API_FUNC(0_1, bool, Button, (Context*,ctx) (const char*,label) (RO<double*>,size_w,0.0) (RO<double*>,size_h,0.0)
API_FUNC(0_1, bool, Checkbox, (Context*,ctx) (const char*,label) (RW<bool*>,v)
API_FUNC(0_1, bool, RadioButton, (Context*,ctx) (const char*,label) (bool,active)
API_FUNC(0_1, bool, SliderDouble, (Context*,ctx) (const char*,label) (RW<double*>,v) (double,v_min) (double,v_max) \
(RO<const char*>,format,"%.3f") (RO<int*>,flags,ImGuiSliderFlags_None)
API_FUNC(0_1, bool, BeginCombo, (Context*,ctx) (const char*,label) (const char*,preview_value) \
(RO<int*>,flags,ImGuiComboFlags_None)
API_FUNC(0_1, void, EndCombo, (Context*,ctx)
API_FUNC(0_1, bool, Selectable, (Context*,ctx) (const char*,label) (RWO<bool*>,p_selected) \
(RO<int*>,flags,ImGuiSelectableFlags_None) (RO<double*>,size_w,0.0) (RO<double*>,size_h,0.0)
API_FUNC(0_1, bool, IsPopupOpen, (Context*,ctx) (const char*,str_id) (RO<int*>,flags,ImGuiPopupFlags_None)
API_FUNC(0_1, void, ProgressBar, (Context*,ctx) (double,fraction) (RO<double*>,size_arg_w,-FLT_MIN) \
(RO<double*>,size_arg_h,0.0) (RO<const char*>,overlay)
API_FUNC(0_9, bool, BeginTable, (Context*,ctx) (const char*,str_id) (int,columns) \
(RO<int*>,flags,ImGuiTableFlags_None) (RO<double*>,outer_size_w,0.0) (RO<double*>,outer_size_h,0.0) \
(RO<double*>,inner_width,0.0)
API_FUNC(0_8, void, EndTable, (Context*,ctx)
API_FUNC(0_1, void, TableSetupColumn, (Context*,ctx) (const char*,label) (RO<int*>,flags,ImGuiTableColumnFlags_None) \
(RO<double*>,init_width_or_weight,0.0) (RO<int*>,user_id,0)
API_FUNC(0_1, void, TableHeadersRow, (Context*,ctx)
API_FUNC(0_9, void, TableNextRow, (Context*,ctx) (RO<int*>,row_flags,ImGuiTableRowFlags_None) \
(RO<double*>,min_row_height,0.0)
API_FUNC(0_8, bool, TableSetColumnIndex, (Context*,ctx) (int,column_n)
API_FUNC(0_9, bool, IsKeyPressed, (Context*,ctx) (int,key) (RO<bool*>,repeat,true)
API_FUNC(0_8, int, GetKeyMods, (Context*,ctx)
API_FUNC(0_9_2, void, SetNextItemShortcut, (Context*,ctx) (int,key_chord) (RO<int*>,flags,ImGuiInputFlags_None)
"""
"""The last one is a witness: it is younger than the version that we ask for, so that the panel must not find it."""
ENUMS_SOURCE = """
API_ENUM(0_1, ImGui, ConfigFlags_NavEnableKeyboard
API_ENUM(0_5, ImGui, ConfigFlags_DockingEnable
API_ENUM(0_1, ImGui, Cond_FirstUseEver
API_ENUM(0_1, ImGui, WindowFlags_NoCollapse
API_ENUM(0_1, ImGui, FocusedFlags_RootAndChildWindows
API_ENUM(0_1, ImGui, Col_Text
API_ENUM(0_1, ImGui, ComboFlags_HeightLarge
API_ENUM(0_1, ImGui, SelectableFlags_SpanAllColumns
API_ENUM(0_1, ImGui, SliderFlags_AlwaysClamp
API_ENUM(0_1, ImGui, PopupFlags_AnyPopup
API_ENUM(0_1, ImGui, TableFlags_NoSavedSettings
API_ENUM(0_1, ImGui, TableFlags_RowBg
API_ENUM(0_1, ImGui, TableFlags_Borders
API_ENUM(0_1, ImGui, TableColumnFlags_WidthStretch
API_ENUM(0_6, ImGui, Key_Space
API_ENUM(0_6, ImGui, Key_Enter
API_ENUM(0_6, ImGui, Key_Escape
API_ENUM(0_6, ImGui, Key_KeypadEnter
API_ENUM(0_8, ImGui, Mod_None
API_ENUM(0_8, ImGui, Mod_Shift
"""
LETTERS = [f"API_ENUM(0_6, ImGui, Key_{letter}" for letter in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
NUMBERS = {"int", "double"}


@dataclass(frozen=True)
class Parameter:
    tag: str
    kind: str
    name: str

    @property
    def is_given(self):
        return self.tag != "W"

    @property
    def may_miss(self):
        return self.tag in {"RO", "RWO"}

    def fits(self, value):
        if value is None:
            return self.may_miss
        match self.kind:
            case "bool":
                return isinstance(value, bool)
            case "int":
                return isinstance(value, int | float) and not isinstance(value, bool) and value == int(value)
            case "double":
                return isinstance(value, int | float) and not isinstance(value, bool)
            case "const char":
                return isinstance(value, str)
        return not isinstance(value, bool | int | float | str)


@dataclass(frozen=True)
class Function:
    since: tuple[int, ...]
    result: str
    name: str
    parameters: tuple[Parameter, ...]

    @classmethod
    def of(cls, line):
        since, result, name, rest = re.match(r"API_FUNC\((\w+), (.+?), (\w+), (.*)", line).groups()
        found = re.findall(r"\((?:(\w+)<)?([\w ]+?)\*?>?,(\w+)", rest)
        return cls(version(since), result, name, tuple(Parameter(*of) for of in found))

    @property
    def given(self):
        return [parameter for parameter in self.parameters if parameter.is_given]


def version(text):
    return tuple(int(part) for part in re.split(r"[_.]", text))


def _enum(line):
    since, name = re.match(r"API_ENUM\((\w+), ImGui, (\w+)", line).groups()
    return name, version(since)


FUNCTIONS = {found.name: found for found in map(Function.of, FUNCTIONS_SOURCE.strip().splitlines())}
ENUMS = dict(map(_enum, [*ENUMS_SOURCE.strip().splitlines(), *LETTERS]))
VALUES = {name: 0 if name.endswith("_None") else 1 << place for place, name in enumerate(sorted(ENUMS))}
